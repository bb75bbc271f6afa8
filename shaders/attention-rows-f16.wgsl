// attention-rows-f32 with q, k, v and y stored in f16.
//include lib/attention-float-layer.wgsl
//include lib/float-quads-f16.wgsl
//include lib/attention-rows-float.wgsl
//include lib/attention-rows-own.wgsl

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let invocation = id.x + id.y * groups.x * 4u;
  if (attention_rows_exists(invocation)) { attention_rows_float(attention_rows_place(invocation)); }
}
