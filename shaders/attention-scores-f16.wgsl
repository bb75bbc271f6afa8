// attention-scores-f32 with q, k and v stored in f16; the scores are f32.
//include lib/attention-scores-float.wgsl
//include lib/float-quads-f16.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { attention_scores_float(id); }
