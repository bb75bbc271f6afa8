// Float sums on tiles in workgroup memory. The module declares `params` with weight_columns4, gemm_float_x, gemm_float_weight, and what lib/gemm-float.wgsl asks for.
// Its workgroup is TILE_COLUMNS4 x TILE_ROWS2.
//include lib/gemm-float.wgsl
//include lib/gemm-rows.wgsl
//include lib/quads.wgsl
override TILE_ROWS2: u32 = 8; // pairs of rows
override TILE_COLUMNS4: u32 = 8; // quads of columns

const STAGE4 = 4u; // quads of K in a stage
var<workgroup> tile_x: array<vec4f, TILE_ROWS2 * 2u * STAGE4>; // [row, quad of K]
var<workgroup> tile_w: array<vec4f, TILE_COLUMNS4 * 4u * STAGE4>; // [k, quad of columns]

// A workgroup: 2 TILE_ROWS2 rows x 4 TILE_COLUMNS4 columns, 2 x 4 per invocation.
fn gemm_float_tiled(group: vec3u, local: vec3u, index: u32) {
  let invocations = TILE_COLUMNS4 * TILE_ROWS2;
  let first_row = group.y * 2u * TILE_ROWS2;
  let first_column4 = group.x * TILE_COLUMNS4;
  var a = vec4f(0.0);
  var b = vec4f(0.0);
  for (var start = 0u; start < params.depth4; start += STAGE4) {
    let quads = min(STAGE4, params.depth4 - start);
    for (var i = index; i < TILE_ROWS2 * 2u * STAGE4; i += invocations) {
      tile_x[i] = gemm_float_x(i / STAGE4, gemm_rows_base(first_row + i / STAGE4), start + min(i % STAGE4, quads - 1u));
    }
    for (var i = index; i < TILE_COLUMNS4 * 4u * STAGE4; i += invocations) {
      let k = 4u * start + min(i / TILE_COLUMNS4, 4u * quads - 1u);
      tile_w[i] = gemm_float_weight(k * params.weight_columns4 + min(first_column4 + i % TILE_COLUMNS4, params.weight_columns4 - 1u));
    }
    workgroupBarrier();
    for (var q = 0u; q < quads; q++) {
      let w = 4u * q * TILE_COLUMNS4 + local.x;
      let w0 = tile_w[w]; let w1 = tile_w[w + TILE_COLUMNS4]; let w2 = tile_w[w + 2u * TILE_COLUMNS4]; let w3 = tile_w[w + 3u * TILE_COLUMNS4];
      a = quads_madd(a, w0, w1, w2, w3, tile_x[2u * local.y * STAGE4 + q]);
      b = quads_madd(b, w0, w1, w2, w3, tile_x[(2u * local.y + 1u) * STAGE4 + q]);
    }
    workgroupBarrier();
  }
  gemm_float_finish(first_row + 2u * local.y, first_column4 + local.x, a);
  gemm_float_finish(first_row + 2u * local.y + 1u, first_column4 + local.x, b);
}
