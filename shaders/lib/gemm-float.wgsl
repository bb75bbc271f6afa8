// What all float GEMMs do behind their sums. The module declares `params`, bias, gemm_float_residual, gemm_float_store,
// and the constants GELU and RESIDUAL.
//include lib/exact-math.wgsl

// Bias, GELU, residual, and the store of four columns.
fn gemm_float_finish(row: u32, column4: u32, sum: vec4f) {
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var v = sum + bias[column4];
  if (GELU == 1u) { v = exact_gelu(v); }
  if (GELU == 2u) { v = exact_gelu_tanh(v); }
  if (RESIDUAL) { v += gemm_float_residual((row % params.residual_rows) * params.residual_stride4 + column4); }
  let out_row = (row / params.out_group) * params.out_group_stride + params.out_offset + row % params.out_group;
  gemm_float_store(out_row * params.out_stride4 + column4, v);
}
