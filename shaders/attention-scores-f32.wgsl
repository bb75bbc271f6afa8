// Attention scores in float: y[b,h,i,j] = scale * q[b,i,h,:] . k[b,j,h,:]; 8 x 8 register block, no barrier.
//include lib/attention-scores-float.wgsl
//include lib/float-quads-f32.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { attention_scores_float(id); }
