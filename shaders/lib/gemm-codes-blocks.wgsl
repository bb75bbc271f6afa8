// An integer layer from blocks in registers. The module declares what lib/gemm-codes.wgsl asks for, the constants BLOCK_ROWS, BLOCK_COLUMNS4 and GROUPED, and
// gemm_codes_block(row, column4, from4, to4), whose result has sums (of row r and quad c of columns at BLOCK_COLUMNS4 r + c) and row_sums, which
// gemm_codes_sum and gemm_codes_row_sum read as integers; they belong to row gemm_codes_row(r) of the block, which is one of the four of r.
//include lib/gemm-codes.wgsl

fn gemm_codes_blocks_exists(id: vec3u) -> bool { return id.y * BLOCK_ROWS < params.rows && id.x * BLOCK_COLUMNS4 < params.columns4; }

// One block, of which nothing is stored where it does not exist. K is cut into groups of group4 quads with columns of their own; where it is not, group4 is all of it.
fn gemm_codes_blocks(id: vec3u, group4: u32) {
  let column4 = id.x * BLOCK_COLUMNS4;
  let row = id.y * BLOCK_ROWS;
  var values = array<vec4f, BLOCK_ROWS * BLOCK_COLUMNS4>();
  // SwiftShader has no cheap branch: a question per sum costs it as much as the epilogue. So each form that models have most has a loop of its own, and the rest one that asks.
  let has_residual = params.has_residual != 0u;
  let quantize = params.quantize != 0u;
  let is_codes = !GROUPED && quantize && !has_residual && params.gelu == 0u;
  let is_gelu = !GROUPED && quantize && !has_residual && params.gelu == 1u;
  let is_sum = !GROUPED && !quantize && has_residual && params.gelu == 0u;
  let is_other = !(is_codes || is_gelu || is_sum);
  // Loops instead of a call per sum: the epilogue is compiled once, and reads the tables of a column once.
  var group = 0u;
  for (var from4 = 0u; from4 < params.depth4; from4 += group4) {
    let to4 = min(from4 + group4, params.depth4);
    var block = gemm_codes_block(row, column4, from4, to4);
    for (var c = 0u; c < BLOCK_COLUMNS4 && column4 + c < params.columns4; c++) {
      let columns = gemm_codes_columns(column4 + c, group);
      let rows = min(BLOCK_ROWS, (params.rows - row + 3u) & ~3u);
      for (var r = select(rows, 0u, is_codes); r < rows; r++) {
        let at = row + gemm_codes_row(r);
        if (at < params.rows) { gemm_codes_finish_as(at, column4 + c, columns, gemm_codes_value(&block, at, r, c, columns, columns.bias), 0u, false, true); }
      }
      for (var r = select(rows, 0u, is_gelu); r < rows; r++) {
        let at = row + gemm_codes_row(r);
        if (at < params.rows) { gemm_codes_finish_as(at, column4 + c, columns, gemm_codes_value(&block, at, r, c, columns, columns.bias), 1u, false, true); }
      }
      for (var r = select(rows, 0u, is_sum); r < rows; r++) {
        let at = row + gemm_codes_row(r);
        if (at < params.rows) { gemm_codes_finish_as(at, column4 + c, columns, gemm_codes_value(&block, at, r, c, columns, columns.bias), 0u, true, false); }
      }
      var output = columns;
      if (GROUPED) { output = gemm_codes_columns(column4 + c, 0u); }
      for (var r = select(rows, 0u, is_other); r < rows; r++) {
        let at = row + gemm_codes_row(r);
        if (at >= params.rows) { continue; }
        let t = BLOCK_COLUMNS4 * r + c;
        var before = columns.bias;
        if (GROUPED) { before = select(values[t], before, group == 0u); }
        let value = gemm_codes_value(&block, at, r, c, columns, before);
        if (GROUPED) {
          values[t] = value;
          if (to4 == params.depth4) { gemm_codes_finish(at, column4 + c, output, value); }
        } else {
          gemm_codes_finish(at, column4 + c, output, value);
        }
      }
    }
    group++;
  }
}

// Row r and quad c of the block, on top of `before`.
fn gemm_codes_value(block: ptr<function, GemmCodesBlock>, row: u32, r: u32, c: u32, columns: GemmCodesColumns, before: vec4f) -> vec4f {
  return gemm_codes_part(row, columns, gemm_codes_sum((*block).sums[BLOCK_COLUMNS4 * r + c]), gemm_codes_row_sum((*block).row_sums[r]), before);
}
