// attention-rows-codes-f32 with P.V in 32-bit integers, for levels beyond those of f32 sums; scores on f32 multiply-adds as there (exact below 2^24).
//include lib/attention-rows-codes.wgsl
//include lib/attention-rows-own.wgsl
alias Sum = vec4i;

fn attention_rows_v(word: u32) -> Sum { return codes_bytes(word); }
fn attention_rows_madd(acc: Sum, b0: Sum, b1: Sum, b2: Sum, b3: Sum, a: Sum) -> Sum { return acc + b0 * a.x + b1 * a.y + b2 * a.z + b3 * a.w; }

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let invocation = id.x + id.y * groups.x * 4u;
  if (attention_rows_exists(invocation)) { attention_rows_codes(attention_rows_place(invocation)); }
}
