// What all integer GEMMs do before and behind their sums. The module that includes it declares `params` (gelu: 0 none, 1 erf, 2 tanh), x, column_f, column_i, y,
// gemm_codes_residual(at): a quad of floats, gemm_codes_grid(row): (scale, zero point) of a row of x,
// and the constant TOKENS. What a layer does behind its sums is a parameter, not a constant: one pipeline then serves all layers of a model.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/gemm-rows.wgsl

// What four columns of the tables say, read once for all rows of a block.
struct GemmCodesColumns {
  scale: vec4f, bias: vec4f, inverse: vec4f, zero: vec4f, top: vec4f,
  weight_zero: vec4i, constant: vec4i,
}

// Of a group along K; where K is not cut, of group 0. column4 must be one of params.columns4.
fn gemm_codes_columns(column4: u32, group: u32) -> GemmCodesColumns {
  let at = (group * params.columns4 + column4) * 4u;
  let f0 = column_f[at]; let f1 = column_f[at + 1u]; let f2 = column_f[at + 2u]; let f3 = column_f[at + 3u];
  let i0 = column_i[at]; let i1 = column_i[at + 1u]; let i2 = column_i[at + 2u]; let i3 = column_i[at + 3u];
  var columns: GemmCodesColumns;
  columns.scale = vec4f(f0.x, f1.x, f2.x, f3.x);
  columns.bias = vec4f(f0.y, f1.y, f2.y, f3.y);
  columns.inverse = vec4f(f0.z, f1.z, f2.z, f3.z);
  columns.zero = vec4f(f0.w, f1.w, f2.w, f3.w);
  let zero_and_top = vec4i(i0.x, i1.x, i2.x, i3.x);
  columns.weight_zero = zero_and_top >> vec4u(8u);
  columns.constant = vec4i(i0.y, i1.y, i2.y, i3.y);
  columns.top = vec4f(zero_and_top & vec4i(255));
  return columns;
}

// What a group along K adds to four columns of a row on top of `before`, which is the bias for the first group.
fn gemm_codes_part(row: u32, columns: GemmCodesColumns, sum: vec4i, row_sum: i32, before: vec4f) -> vec4f {
  var scale = columns.scale;
  var constant = columns.constant;
  if (TOKENS) {
    let grid = gemm_codes_grid(row);
    scale = vec4f(grid.x) * scale;
    constant = vec4i(i32(grid.y)) * constant;
  }
  return fma(vec4f(sum - columns.weight_zero * vec4i(row_sum) + constant), scale, before);
}

// GELU, residual, and the store: four floats, or a word of four codes. The row must be one of params.rows.
fn gemm_codes_finish(row: u32, column4: u32, columns: GemmCodesColumns, sum: vec4f) {
  gemm_codes_finish_as(row, column4, columns, sum, params.gelu, params.has_residual != 0u, params.quantize != 0u);
}

// Where the last three are literals, nothing is asked per sum.
fn gemm_codes_finish_as(row: u32, column4: u32, columns: GemmCodesColumns, sum: vec4f, gelu: u32, has_residual: bool, quantize: bool) {
  var v = sum;
  if (gelu == 1u) { v = exact_gelu(v); }
  if (gelu == 2u) { v = exact_gelu_tanh(v); }
  if (has_residual) { v += gemm_codes_residual((row % params.residual_rows) * params.residual_stride4 + column4); }
  let out_row = (row / params.out_group) * params.out_group_stride + params.out_offset + row % params.out_group;
  if (quantize) {
    y[out_row * params.out_stride4 + column4] = codes_pack(codes_encode(v, columns.inverse, columns.zero, columns.top));
  } else {
    let at = (out_row * params.out_stride4 + column4) * 4u;
    let bits = bitcast<vec4u>(v);
    y[at] = bits.x; y[at + 1u] = bits.y; y[at + 2u] = bits.z; y[at + 3u] = bits.w;
  }
}
