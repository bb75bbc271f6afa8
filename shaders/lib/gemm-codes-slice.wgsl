// Sums of one slice of K, for the first half of an integer layer in two dispatches: y[slice,M,N] = sum_k x w - w_zero * sum_k x, i32.
// The module declares `params` with slice4, column_i, y, and gemm_codes_block of 8 rows x 8 columns.

fn gemm_codes_slice(id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  let slice = id.z;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var block = gemm_codes_block(row, column4, slice * params.slice4, min((slice + 1u) * params.slice4, params.depth4));
  for (var t = 0u; t < 16u; t++) {
    let at_row = row + t / 2u;
    let at_column4 = column4 + t % 2u;
    if (at_row < params.rows && at_column4 < params.columns4) {
      let at = 4u * at_column4;
      let zeros = vec4i(column_i[at].x, column_i[at + 1u].x, column_i[at + 2u].x, column_i[at + 3u].x) >> vec4u(8u);
      y[(slice * params.rows + at_row) * params.columns4 + at_column4] = block.sums[t] - zeros * block.row_sums[t / 2u];
    }
  }
}
