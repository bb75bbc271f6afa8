requires packed_4x8_integer_dot_product;
// gemm-codes-dot on tiles in workgroup memory: the same arguments, the same words. Nibbles and pairs of bits become bytes (one shift, one mask) when a tile is
// staged. A workgroup computes 2 TILE_ROWS2 rows x 4 TILE_COLUMNS4 columns, 2 x 4 per invocation, and stages 32 of K at a time.
//include lib/gemm-codes-dot-layer.wgsl
override TILE_ROWS2: u32 = 8; // pairs of rows
override TILE_COLUMNS4: u32 = 8; // quads of columns

const STAGE4 = 8u; // quads of K in a stage: a whole number of words for every CONTAINER
var<workgroup> tile_x: array<u32, TILE_ROWS2 * 2u * STAGE4>; // [row, quad of K]
var<workgroup> tile_w: array<vec4u, TILE_COLUMNS4 * STAGE4>; // [quad of K, quad of columns]

// Four columns of the weights at one quad of K.
fn weight_quad(k4: u32, column4: u32) -> vec4u {
  let quads_per_word = 8u / CONTAINER;
  let words = gemm_codes_dot_words((k4 / quads_per_word) * params.weight_stride + 4u * column4);
  return gemm_codes_dot_group(words, k4 % quads_per_word);
}

@compute @workgroup_size(TILE_COLUMNS4, TILE_ROWS2)
fn main(@builtin(workgroup_id) group_id: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) index: u32) {
  let invocations = TILE_COLUMNS4 * TILE_ROWS2;
  let first_row = group_id.y * 2u * TILE_ROWS2;
  let first_column4 = group_id.x * TILE_COLUMNS4;
  let last_column4 = params.weight_stride / 4u - 1u;
  var a = vec4u(0u); var b = vec4u(0u);
  var sum_a = 0u; var sum_b = 0u;
  for (var start = 0u; start < params.depth4; start += STAGE4) {
    let quads = min(STAGE4, params.depth4 - start);
    for (var i = index; i < TILE_ROWS2 * 2u * STAGE4; i += invocations) {
      tile_x[i] = x[gemm_rows_base(first_row + i / STAGE4) + start + min(i % STAGE4, quads - 1u)];
    }
    for (var i = index; i < TILE_COLUMNS4 * STAGE4; i += invocations) {
      tile_w[i] = weight_quad(start + min(i / TILE_COLUMNS4, quads - 1u), min(first_column4 + i % TILE_COLUMNS4, last_column4));
    }
    workgroupBarrier();
    for (var q = 0u; q < quads; q++) {
      let w = tile_w[q * TILE_COLUMNS4 + local.x];
      let u = tile_x[2u * local.y * STAGE4 + q];
      let v = tile_x[(2u * local.y + 1u) * STAGE4 + q];
      a += dots_four(u, w); sum_a += dot4U8Packed(u, 0x01010101u);
      b += dots_four(v, w); sum_b += dot4U8Packed(v, 0x01010101u);
    }
    workgroupBarrier();
  }
  let row = first_row + 2u * local.y;
  let column4 = first_column4 + local.x;
  if (column4 >= params.columns4 || row >= params.rows) { return; }
  let columns = gemm_codes_columns(column4, 0u);
  gemm_codes_finish(row, column4, columns, gemm_codes_part(row, columns, vec4i(a), i32(sum_a), columns.bias));
  if (row + 1u >= params.rows) { return; }
  gemm_codes_finish(row + 1u, column4, columns, gemm_codes_part(row + 1u, columns, vec4i(b), i32(sum_b), columns.bias));
}
