// rms-norm with x, and where the constant says so y, stored in f16.
//include lib/row-norm-half-layer.wgsl
const CENTRED = false;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) { row_norm_half_layer(id.x); }
