enable subgroups;
// gemm-f16 in register blocks of 33 rows x 16 columns per invocation, as gemm-f32-share33: the same arguments, the same words.
//include lib/gemm-half-layer.wgsl
//include lib/gemm-half-x.wgsl
//include lib/gemm-float-share33.wgsl

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) { gemm_float_share33(id, lane); }
