// What all float GEMMs do before and behind their sums. The module that includes it declares `params`, bias, residual, y, and the constants GELU and RESIDUAL.

fn gemm_float_x_base(row: u32) -> u32 {
  return (min(row, params.rows - 1u) * params.x_step + params.x_offset) * params.x_stride4;
}

// Bias, GELU, residual, and the store of four columns.
fn gemm_float_finish(row: u32, column4: u32, sum: vec4f) {
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var v = sum + bias[column4];
  if (GELU == 1u) { v = exact_gelu(v); }
  if (GELU == 2u) { v = exact_gelu_tanh(v); }
  if (RESIDUAL) { v += residual[(row % params.residual_rows) * params.residual_stride4 + column4]; }
  let out_row = (row / params.out_group) * params.out_group_stride + params.out_offset + row % params.out_group;
  y[out_row * params.out_stride4 + column4] = v;
}
