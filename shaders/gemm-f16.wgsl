// gemm-f32 with weights, and where the constants say so x and y, stored in f16: half the bytes, sums in f32. 8 rows x 8 columns per invocation.
//include lib/gemm-half-layer.wgsl
//include lib/gemm-half-x.wgsl
//include lib/gemm-float-blocks.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_blocks(id); }
