enable subgroups;
// attention-rows-f16 with keys and values shared by the four lanes of a quad: the same arguments, the same words. The form of software adapters with subgroups.
//include lib/attention-float-layer.wgsl
//include lib/float-quads-f16.wgsl
//include lib/attention-rows-float.wgsl
//include lib/attention-rows-share.wgsl

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let group = id.x + id.y * groups.x;
  if (attention_rows_exists(group)) { attention_rows_float(attention_rows_place(group, lane)); }
}
