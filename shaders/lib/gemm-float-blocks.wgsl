// A float layer from blocks of 8 rows x 8 columns. The module declares what lib/gemm-float.wgsl and lib/gemm-float-block8.wgsl ask for.
//include lib/gemm-float.wgsl
//include lib/gemm-float-block8.wgsl

fn gemm_float_blocks(id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var sums = gemm_float_block8(row, column4, 0u, params.depth4);
  // One loop instead of sixteen calls: the epilogue is compiled once, not sixteen times.
  for (var t = 0u; t < 16u; t++) { gemm_float_finish(row + t / 2u, column4 + t % 2u, sums[t]); }
}
