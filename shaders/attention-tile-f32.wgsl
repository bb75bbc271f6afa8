// Attention of whole rows in float, the words of attention-rows-f32: 16 queries of a head per workgroup of 64, their scores in workgroup memory.
// At most 240 tokens.
//include lib/attention-float-layer.wgsl
//include lib/float-quads-f32.wgsl
//include lib/attention-tile-float.wgsl

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) { attention_tile_float(group, local); }
