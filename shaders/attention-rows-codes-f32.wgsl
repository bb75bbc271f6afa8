// Attention of whole rows in integers, scores to output codes in one dispatch, on f32 multiply-adds: every product and partial sum is an integer below 2^24.
// One invocation computes 8 queries of a head; scores, exponentials and levels stay in private memory: at most 256 tokens. No barrier, no subgroup.
//include lib/attention-rows-codes.wgsl
//include lib/attention-rows-own.wgsl
alias Sum = vec4f;

fn attention_rows_v(word: u32) -> Sum { return codes_unpack(word); }
fn attention_rows_madd(acc: Sum, b0: Sum, b1: Sum, b2: Sum, b3: Sum, a: Sum) -> Sum { return quads_madd(acc, b0, b1, b2, b3, a); }

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let invocation = id.x + id.y * groups.x * 4u;
  if (attention_rows_exists(invocation)) { attention_rows_codes(attention_rows_place(invocation)); }
}
