enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
requires subgroup_id;
// gemm-f16 with x in f16, on the adapter's matrix units: f16 x f16 summed in f32, 16 x 16 results in steps of 16 along K, held by a subgroup together.
// The same arguments; the sums within a bound of the same words, since the units add in an order of their own. A workgroup stages 32 of K of 32 rows x 64 columns
// and computes them in strips of 16 x 32, one per subgroup; where it has fewer than four subgroups (of more than 32 lanes) each takes several strips in turn.
// COMPILED AND VALIDATED (Dawn's null backend), NEVER EXECUTED as it stands: no adapter with such units was at hand. Run was all but the units, with the matrix operations
// spelled out in f32 (src/testing/spelled-matrices.ts). On an adapter that offers them, its cases decide whether it is used.
//include lib/gemm-half-layer.wgsl

const SIZE = 16u; // rows, columns and K of a matrix
alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Sums = subgroup_matrix_result<f32, 16, 16>;

const ROWS = 32u;
const COLUMNS = 64u;
const STRIPS = 4u; // [ROWS / SIZE, COLUMNS / (2 SIZE)]
const STAGE = 32u; // of K
const LANES = 128u; // a multiple of any subgroup's size

var<workgroup> tile_x: array<f16, ROWS * STAGE>; // [row, k]
var<workgroup> tile_w: array<f16, STAGE * COLUMNS>; // [k, column]
var<workgroup> tile_sums: array<f32, ROWS * COLUMNS>; // [row, column]

// K past the last is 0 in x, and finite in the weights.
fn stage(first_row: u32, first_column4: u32, start4: u32, index: u32) {
  for (var i = index; i < ROWS * STAGE / 4u; i += LANES) {
    let k = start4 + i % (STAGE / 4u);
    let words = x[gemm_rows_base(first_row + i / (STAGE / 4u)) + min(k, params.depth4 - 1u)];
    let v = vec4<f16>(select(vec4f(0.0), halves_unpack(words), k < params.depth4));
    for (var lane = 0u; lane < 4u; lane++) { tile_x[4u * i + lane] = v[lane]; }
  }
  for (var i = index; i < STAGE * COLUMNS / 4u; i += LANES) {
    let k = min(4u * start4 + i / (COLUMNS / 4u), 4u * params.depth4 - 1u);
    let v = vec4<f16>(gemm_float_weight(k * params.weight_columns4 + min(first_column4 + i % (COLUMNS / 4u), params.weight_columns4 - 1u)));
    for (var lane = 0u; lane < 4u; lane++) { tile_w[4u * i + lane] = v[lane]; }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let first_row = group.y * ROWS;
  let first_column4 = group.x * (COLUMNS / 4u);
  for (var turn = 0u; turn < STRIPS; turn += subgroups) {
    // A subgroup too many repeats the last strip.
    let strip = min(turn + subgroup, STRIPS - 1u);
    let row = strip / 2u * SIZE;
    let column = strip % 2u * (2u * SIZE);
    var a = Sums();
    var b = Sums();
    for (var start4 = 0u; start4 < params.depth4; start4 += STAGE / 4u) {
      stage(first_row, first_column4, start4, index);
      workgroupBarrier();
      for (var k = 0u; k < STAGE; k += SIZE) {
        let left = subgroupMatrixLoad<Left, row_major>(&tile_x, row * STAGE + k, STAGE);
        a = subgroupMatrixMultiplyAccumulate(left, subgroupMatrixLoad<Right, row_major>(&tile_w, k * COLUMNS + column, COLUMNS), a);
        b = subgroupMatrixMultiplyAccumulate(left, subgroupMatrixLoad<Right, row_major>(&tile_w, k * COLUMNS + column + SIZE, COLUMNS), b);
      }
      workgroupBarrier();
    }
    subgroupMatrixStore<row_major>(&tile_sums, row * COLUMNS + column, a, COLUMNS);
    subgroupMatrixStore<row_major>(&tile_sums, row * COLUMNS + column + SIZE, b, COLUMNS);
  }
  workgroupBarrier();
  for (var i = index; i < ROWS * COLUMNS / 4u; i += LANES) {
    let at = 4u * i;
    let sum = vec4f(tile_sums[at], tile_sums[at + 1u], tile_sums[at + 2u], tile_sums[at + 3u]);
    gemm_float_finish(first_row + i / (COLUMNS / 4u), first_column4 + i % (COLUMNS / 4u), sum);
  }
}
