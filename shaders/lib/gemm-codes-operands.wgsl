// What gemm-codes-* read beside x and weight. The module declares `params` with row_period, residual and row_table.
//include lib/gemm-rows.wgsl

fn gemm_codes_grid(row: u32) -> vec2f { return row_table[gemm_rows_source(row) % params.row_period]; }
fn gemm_codes_residual(at: u32) -> vec4f { return bitcast<vec4f>(residual[at]); }
