// What all float GEMMs do behind their sums. The module declares `params` (gelu: 0 none, 1 erf, 2 tanh), bias,
// gemm_float_residual and gemm_float_store. What a layer does behind its sums is a parameter, not a constant: one pipeline then serves all layers of a model.
//include lib/exact-math.wgsl

// Bias, GELU, residual, and the store of four columns.
fn gemm_float_finish(row: u32, column4: u32, sum: vec4f) {
  gemm_float_finish_as(row, column4, sum, params.gelu, params.has_residual != 0u);
}

// Where the last two are literals, nothing is asked per sum.
fn gemm_float_finish_as(row: u32, column4: u32, sum: vec4f, gelu: u32, has_residual: bool) {
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var v = sum + bias[column4];
  if (gelu == 1u) { v = exact_gelu(v); }
  if (gelu == 2u) { v = exact_gelu_tanh(v); }
  if (has_residual) { v += gemm_float_residual((row % params.residual_rows) * params.residual_stride4 + column4); }
  let out_row = (row / params.out_group) * params.out_group_stride + params.out_offset + row % params.out_group;
  gemm_float_store(out_row * params.out_stride4 + column4, v);
}
