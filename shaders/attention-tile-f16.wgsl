// attention-tile-f32 with q, k, v and y stored in f16.
//include lib/attention-float-layer.wgsl
//include lib/float-quads-f16.wgsl
//include lib/attention-tile-float.wgsl

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) { attention_tile_float(group, local); }
