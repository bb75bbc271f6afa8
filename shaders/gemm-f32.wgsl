// y[M,N] = x[M,K] . weight[N,K]^T + bias, then optionally GELU and a residual: float, no barrier, no subgroup.
// Register block of 8 rows x 8 columns per invocation (on a software adapter barriers cost a hundred times more than arithmetic).
//include lib/gemm-float-layer.wgsl
//include lib/gemm-float-blocks.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_blocks(id); }
