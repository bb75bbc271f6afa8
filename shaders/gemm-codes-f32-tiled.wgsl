// gemm-codes-f32 on tiles in workgroup memory: the same arguments, the same words. Codes are unpacked once per tile.
// A workgroup computes 2 TILE_ROWS2 rows x 4 TILE_COLUMNS4 columns, 2 x 4 per invocation, and stages 16 of K at a time.
//include lib/gemm-codes-f32-layer.wgsl
//include lib/gemm-weights.wgsl
//include lib/quads.wgsl
override TILE_ROWS2: u32 = 8; // pairs of rows
override TILE_COLUMNS4: u32 = 8; // quads of columns

const STAGE4 = 4u; // quads of K in a stage
var<workgroup> tile_x: array<vec4f, TILE_ROWS2 * 2u * STAGE4>; // [row, quad of K]
var<workgroup> tile_w: array<vec4f, TILE_COLUMNS4 * 4u * STAGE4>; // [k, quad of columns]

// Four columns of the weights at one k.
fn weight_quad(k: u32, column4: u32) -> vec4f {
  let bit = column4 * 4u * CONTAINER;
  return gemm_weights_columns(weight[k * params.weight_stride + bit / 32u] >> (bit % 32u));
}

@compute @workgroup_size(TILE_COLUMNS4, TILE_ROWS2)
fn main(@builtin(workgroup_id) group_id: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) index: u32) {
  let invocations = TILE_COLUMNS4 * TILE_ROWS2;
  let first_row = group_id.y * 2u * TILE_ROWS2;
  let first_column4 = group_id.x * TILE_COLUMNS4;
  let last_column4 = params.weight_stride * 8u / CONTAINER - 1u;
  let row = first_row + 2u * local.y;
  let column4 = first_column4 + local.x;
  var a = vec4f(0.0); var b = vec4f(0.0);
  var total_a = vec4i(0); var total_b = vec4i(0);
  var value_a = vec4f(0.0); var value_b = vec4f(0.0);
  var sum_a = 0.0; var sum_b = 0.0;
  var group = 0u;
  var in_chunk = 0u;
  var in_group = 0u;
  for (var start = 0u; start < params.depth4; start += STAGE4) {
    let quads = min(STAGE4, params.depth4 - start);
    for (var i = index; i < TILE_ROWS2 * 2u * STAGE4; i += invocations) {
      tile_x[i] = gemm_codes_x(i / STAGE4, gemm_rows_base(first_row + i / STAGE4), start + min(i % STAGE4, quads - 1u));
    }
    for (var i = index; i < TILE_COLUMNS4 * 4u * STAGE4; i += invocations) {
      tile_w[i] = weight_quad(4u * start + min(i / TILE_COLUMNS4, 4u * quads - 1u), min(first_column4 + i % TILE_COLUMNS4, last_column4));
    }
    workgroupBarrier();
    for (var q = 0u; q < quads; q++) {
      let w = 4u * q * TILE_COLUMNS4 + local.x;
      let w0 = tile_w[w]; let w1 = tile_w[w + TILE_COLUMNS4]; let w2 = tile_w[w + 2u * TILE_COLUMNS4]; let w3 = tile_w[w + 3u * TILE_COLUMNS4];
      let u = tile_x[2u * local.y * STAGE4 + q];
      let v = tile_x[(2u * local.y + 1u) * STAGE4 + q];
      a = quads_madd(a, w0, w1, w2, w3, u); sum_a += u.x + u.y + u.z + u.w;
      b = quads_madd(b, w0, w1, w2, w3, v); sum_b += v.x + v.y + v.z + v.w;
      in_chunk++;
      in_group++;
      let group_ends = GROUPED && in_group == params.group4;
      if (group_ends || (CHUNKED && in_chunk == params.chunk4)) {
        total_a += vec4i(a); total_b += vec4i(b);
        a = vec4f(0.0); b = vec4f(0.0);
        in_chunk = 0u;
      }
      if (group_ends) {
        let columns = gemm_codes_columns(min(column4, params.columns4 - 1u), group);
        value_a = gemm_codes_part(row, columns, total_a, i32(sum_a), select(value_a, columns.bias, group == 0u));
        value_b = gemm_codes_part(row + 1u, columns, total_b, i32(sum_b), select(value_b, columns.bias, group == 0u));
        total_a = vec4i(0); total_b = vec4i(0);
        sum_a = 0.0; sum_b = 0.0;
        in_group = 0u;
        group++;
      }
    }
    workgroupBarrier();
  }
  if (column4 >= params.columns4 || row >= params.rows) { return; }
  let columns = gemm_codes_columns(column4, 0u);
  if (!GROUPED) {
    value_a = gemm_codes_part(row, columns, total_a + vec4i(a), i32(sum_a), columns.bias);
    value_b = gemm_codes_part(row + 1u, columns, total_b + vec4i(b), i32(sum_b), columns.bias);
  }
  gemm_codes_finish(row, column4, columns, value_a);
  if (row + 1u >= params.rows) { return; }
  gemm_codes_finish(row + 1u, column4, columns, value_b);
}
