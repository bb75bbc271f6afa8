enable subgroups;
// gemm-f16 with x shared in the subgroup: the same arguments, the same words.
//include lib/gemm-half-layer.wgsl
//include lib/gemm-half-x.wgsl
//include lib/gemm-float-subgroup.wgsl

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) { gemm_float_subgroup(id, lane); }
