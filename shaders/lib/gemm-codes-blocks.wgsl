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
  // Loops instead of a call per sum: the epilogue is compiled once, and reads the tables of a column once.
  var group = 0u;
  for (var from4 = 0u; from4 < params.depth4; from4 += group4) {
    let to4 = min(from4 + group4, params.depth4);
    var block = gemm_codes_block(row, column4, from4, to4);
    for (var c = 0u; c < BLOCK_COLUMNS4 && column4 + c < params.columns4; c++) {
      let columns = gemm_codes_columns(column4 + c, group);
      var output = columns;
      if (GROUPED) { output = gemm_codes_columns(column4 + c, 0u); }
      for (var r = 0u; r < BLOCK_ROWS && row + (r & ~3u) < params.rows; r++) {
        let at = row + gemm_codes_row(r);
        if (at >= params.rows) { continue; }
        let t = BLOCK_COLUMNS4 * r + c;
        var before = columns.bias;
        if (GROUPED) { before = select(values[t], before, group == 0u); }
        let value = gemm_codes_part(at, columns, gemm_codes_sum(block.sums[t]), gemm_codes_row_sum(block.row_sums[r]), before);
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
