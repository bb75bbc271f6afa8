// gemm-f32 on tiles in workgroup memory: the same arguments, the same words, since every sum keeps the order of k.
// A workgroup computes 2 TILE_ROWS2 rows x 4 TILE_COLUMNS4 columns, 2 x 4 per invocation: 16 x 32 and 16 x 16 leave a batch of one enough workgroups,
// 32 x 32 has 128 invocations. It stages 16 of K at a time. For GPUs: a software adapter runs barriers a hundred times slower than arithmetic.
//include lib/exact-math.wgsl
//include lib/gemm-float.wgsl
//include lib/quads.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32,
}
override GELU: u32 = 0; // 0: none, 1: erf, 2: tanh
override RESIDUAL: bool = false;
override TILE_ROWS2: u32 = 8; // pairs of rows
override TILE_COLUMNS4: u32 = 8; // quads of columns

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

const STAGE4 = 4u; // quads of K in a stage
var<workgroup> tile_x: array<vec4f, TILE_ROWS2 * 2u * STAGE4>; // [row, quad of K]
var<workgroup> tile_w: array<vec4f, TILE_COLUMNS4 * 4u * STAGE4>; // [k, quad of columns]

@compute @workgroup_size(TILE_COLUMNS4, TILE_ROWS2)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) index: u32) {
  let invocations = TILE_COLUMNS4 * TILE_ROWS2;
  let first_row = group.y * 2u * TILE_ROWS2;
  let first_column4 = group.x * TILE_COLUMNS4;
  var a = vec4f(0.0);
  var b = vec4f(0.0);
  for (var start = 0u; start < params.depth4; start += STAGE4) {
    let quads = min(STAGE4, params.depth4 - start);
    for (var i = index; i < TILE_ROWS2 * 2u * STAGE4; i += invocations) {
      tile_x[i] = x[gemm_float_x_base(first_row + i / STAGE4) + start + min(i % STAGE4, quads - 1u)];
    }
    for (var i = index; i < TILE_COLUMNS4 * 4u * STAGE4; i += invocations) {
      let k = 4u * start + min(i / TILE_COLUMNS4, 4u * quads - 1u);
      tile_w[i] = weight[k * params.weight_columns4 + min(first_column4 + i % TILE_COLUMNS4, params.weight_columns4 - 1u)];
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
