// attention-output-f32 with v and y stored in f16; the probabilities are f32.
//include lib/attention-output-float.wgsl
//include lib/float-quads-f16.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { attention_output_float(id); }
