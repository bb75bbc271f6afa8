// Attention output in float: y[b,i,h,:] = sum_j p[b,h,i,j] v[b,j,h,:]; 8 rows x 8 channels per invocation, no barrier.
//include lib/attention-output-float.wgsl
//include lib/float-quads-f32.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { attention_output_float(id); }
