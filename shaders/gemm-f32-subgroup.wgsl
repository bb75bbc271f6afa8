enable subgroups;
// gemm-f32 with x shared in the subgroup: the same arguments, the same words.
//include lib/gemm-float-layer.wgsl
//include lib/gemm-float-subgroup.wgsl

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) { gemm_float_subgroup(id, lane); }
