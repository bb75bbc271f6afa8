enable subgroups;
// gemm-f32 in register blocks of 33 rows x 16 columns per invocation, x shared by the four lanes of a quad: the same arguments, the same words. The rung of software
// adapters, which load lane by lane (sixty instructions a value; three a product, one a swap): large blocks, no value loaded twice. 33: six blocks are 197 tokens and one row.
//include lib/gemm-float-layer.wgsl
//include lib/gemm-float-share33.wgsl

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) { gemm_float_share33(id, lane); }
