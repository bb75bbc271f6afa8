// attention-rows-f32 with q, k, v and y stored in f16.
//include lib/attention-float-layer.wgsl
//include lib/float-quads-f16.wgsl
//include lib/attention-rows-float.wgsl

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) { attention_rows_float(id, groups); }
