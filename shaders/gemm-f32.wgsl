// y[M,N] = x[M,K] . weight[N,K]^T + bias, then optionally GELU and a residual: float, no barrier, no subgroup.
// Register block of 8 rows x 8 columns per invocation (on a software adapter barriers cost a hundred times more than arithmetic).
// x: [rows, ceil(K/4)] vec4, padded columns finite. weight: [4*ceil(K/4), N16/4] vec4 over columns, k-major, zero padded.
// Row maps serve token selection (x_step, x_offset), the class token's gap in the patch embedding (out_*) and positions (residual_rows).
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

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let x0 = gemm_float_x_base(row + 0u);
  let x1 = gemm_float_x_base(row + 1u);
  let x2 = gemm_float_x_base(row + 2u);
  let x3 = gemm_float_x_base(row + 3u);
  let x4 = gemm_float_x_base(row + 4u);
  let x5 = gemm_float_x_base(row + 5u);
  let x6 = gemm_float_x_base(row + 6u);
  let x7 = gemm_float_x_base(row + 7u);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0);
  let stride = params.weight_columns4;
  var w = column4;
  for (var k = 0u; k < params.depth4; k++) {
    let p0 = weight[w]; let q0 = weight[w + 1u];
    let p1 = weight[w + stride]; let q1 = weight[w + stride + 1u];
    let p2 = weight[w + 2u * stride]; let q2 = weight[w + 2u * stride + 1u];
    let p3 = weight[w + 3u * stride]; let q3 = weight[w + 3u * stride + 1u];
    w += 4u * stride;
    let v0 = x[x0 + k]; a0 = quads_madd(a0, p0, p1, p2, p3, v0); b0 = quads_madd(b0, q0, q1, q2, q3, v0);
    let v1 = x[x1 + k]; a1 = quads_madd(a1, p0, p1, p2, p3, v1); b1 = quads_madd(b1, q0, q1, q2, q3, v1);
    let v2 = x[x2 + k]; a2 = quads_madd(a2, p0, p1, p2, p3, v2); b2 = quads_madd(b2, q0, q1, q2, q3, v2);
    let v3 = x[x3 + k]; a3 = quads_madd(a3, p0, p1, p2, p3, v3); b3 = quads_madd(b3, q0, q1, q2, q3, v3);
    let v4 = x[x4 + k]; a4 = quads_madd(a4, p0, p1, p2, p3, v4); b4 = quads_madd(b4, q0, q1, q2, q3, v4);
    let v5 = x[x5 + k]; a5 = quads_madd(a5, p0, p1, p2, p3, v5); b5 = quads_madd(b5, q0, q1, q2, q3, v5);
    let v6 = x[x6 + k]; a6 = quads_madd(a6, p0, p1, p2, p3, v6); b6 = quads_madd(b6, q0, q1, q2, q3, v6);
    let v7 = x[x7 + k]; a7 = quads_madd(a7, p0, p1, p2, p3, v7); b7 = quads_madd(b7, q0, q1, q2, q3, v7);
  }
  // One loop instead of sixteen calls: the epilogue is compiled once, not sixteen times.
  var sums = array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
  for (var t = 0u; t < 16u; t++) { gemm_float_finish(row + t / 2u, column4 + t % 2u, sums[t]); }
}
