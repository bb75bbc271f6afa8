// The shape of integer GEMMs with x shared in the subgroup: a workgroup of 32 is one band of 8 rows x 128 columns, 8 x 4 per invocation, so that all invocations of
// a subgroup need the same eight words of x: lanes 0 to 3 (every subgroup has four) load two rows each and broadcast them.
const BLOCK_ROWS = 8u;
const BLOCK_COLUMNS4 = 1u;

struct GemmCodesBlock {
  sums: array<vec4i, 8>, // sum_k x w of each row
  row_sums: array<i32, 8>, // sum_k x
}
fn gemm_codes_sum(sum: vec4i) -> vec4i { return sum; }
fn gemm_codes_row_sum(sum: i32) -> i32 { return sum; }
fn gemm_codes_row(r: u32) -> u32 { return r; }

// Of the invocation, in its subgroup.
var<private> lane: u32;

// First words of the two rows that the invocation loads.
fn gemm_codes_subgroup_rows(row: u32) -> vec2u {
  let own = row + 2u * (lane & 3u);
  return vec2u(gemm_rows_base(own), gemm_rows_base(own + 1u));
}
