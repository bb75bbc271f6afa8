// y[M,N] = x[M,K] . weight[N,K]^T + bias, then optionally GELU and a residual: float, no barrier, no subgroup.
// Register block of 8 rows x 8 columns per invocation (on a software adapter barriers cost a hundred times more than arithmetic).
//include lib/gemm-float-layer.wgsl
//include lib/gemm-float-block8.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var sums = gemm_float_block8(row, column4, 0u, params.depth4);
  // One loop instead of sixteen calls: the epilogue is compiled once, not sixteen times.
  for (var t = 0u; t < 16u; t++) { gemm_float_finish(row + t / 2u, column4 + t % 2u, sums[t]); }
}
