// LayerNormalization of rows: n = (x - mean) / sqrt(variance + epsilon); y = n * gain + shift, in float or as codes.
//include lib/row-norm-layer.wgsl
const CENTRED = true;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) { row_norm_layer(id.x); }
