// LayerNormalization or RMSNorm of x as the prologue of a linear layer in blocks of 8 rows: every block normalizes the rows that it reads, to the bits of
// layer-norm and rms-norm, and no normalized row is stored. The module declares `params` with columns (those of x), inverse_columns and epsilon, x of vec4f,
// gain and shift.
//include lib/gemm-rows.wgsl
//include lib/row-norm.wgsl
override CENTRED: bool = true; // false: RMSNorm

var<private> gemm_norm_rows: array<RowStatistics, 8>;

fn row_norm_x(at: u32) -> vec4f { return x[at]; }

fn gemm_norm() -> RowNorm { return RowNorm(params.columns, params.depth4, params.inverse_columns, params.epsilon); }

// Before any quad of the block that starts at row.
fn gemm_norm_start(row: u32) {
  for (var r = 0u; r < 8u; r++) { gemm_norm_rows[r] = row_norm_statistics(gemm_norm(), gemm_rows_base(row + r)); }
}

// Quad k of row r of the block, which starts at base.
fn gemm_norm_quad(r: u32, base: u32, k: u32) -> vec4f { return row_norm_quad(gemm_norm(), base, k, gemm_norm_rows[r]); }
