// Which row of x a linear layer reads. The module declares `params` with rows, x_step, x_offset, x_stride4.

// Rows outside are read from the last valid one.
fn gemm_rows_source(row: u32) -> u32 { return min(row, params.rows - 1u) * params.x_step + params.x_offset; }

// Its first quad in x.
fn gemm_rows_base(row: u32) -> u32 { return gemm_rows_source(row) * params.x_stride4; }
