// RMSNorm of rows (Zhang, Sennrich 2019, arXiv 1910.07467): y = x / sqrt(mean(x^2) + epsilon) * gain + shift, in float or as codes.
//include lib/row-norm-layer.wgsl
const CENTRED = false;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) { row_norm_layer(id.x); }
