enable subgroups;
// attention-rows-codes-f32 with keys and values shared by the four lanes of a quad: the same arguments, the same words. The form of software adapters with subgroups.
//include lib/attention-rows-codes.wgsl
//include lib/attention-rows-share.wgsl
alias Sum = vec4f;

fn attention_rows_v(word: u32) -> Sum { return codes_unpack(word); }
fn attention_rows_madd(acc: Sum, b0: Sum, b1: Sum, b2: Sum, b3: Sum, a: Sum) -> Sum { return quads_madd(acc, b0, b1, b2, b3, a); }

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let group = id.x + id.y * groups.x;
  if (attention_rows_exists(group)) { attention_rows_codes(attention_rows_place(group, lane)); }
}
