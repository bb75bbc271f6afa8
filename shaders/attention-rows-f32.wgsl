// Attention of whole rows in float, scores to output in one dispatch. One invocation computes 8 queries of a head; their scores, then exponentials, stay in
// private memory: at most 256 tokens. No barrier, no subgroup.
//include lib/attention-float-layer.wgsl
//include lib/float-quads-f32.wgsl
//include lib/attention-rows-float.wgsl
//include lib/attention-rows-own.wgsl

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let invocation = id.x + id.y * groups.x * 4u;
  if (attention_rows_exists(invocation)) { attention_rows_float(attention_rows_place(invocation)); }
}
