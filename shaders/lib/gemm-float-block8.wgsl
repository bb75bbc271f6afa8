// Float sums of a block of 8 rows x 8 columns in registers. The module declares `params` with weight_columns4, gemm_float_weight(at), and
// gemm_float_x(r, base, k): quad k of row r of the block, which starts at base.
//include lib/gemm-rows.wgsl
//include lib/quads.wgsl

// sum_k x[row + r, k] weight[k, 4 (column4 + c) ..] at 2 r + c, over the quads of K from from4 up to to4: one chain along K per output.
fn gemm_float_block8(row: u32, column4: u32, from4: u32, to4: u32) -> array<vec4f, 16> {
  let x0 = gemm_rows_base(row + 0u);
  let x1 = gemm_rows_base(row + 1u);
  let x2 = gemm_rows_base(row + 2u);
  let x3 = gemm_rows_base(row + 3u);
  let x4 = gemm_rows_base(row + 4u);
  let x5 = gemm_rows_base(row + 5u);
  let x6 = gemm_rows_base(row + 6u);
  let x7 = gemm_rows_base(row + 7u);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0);
  let stride = params.weight_columns4;
  var w = column4 + 4u * from4 * stride;
  for (var k = from4; k < to4; k++) {
    let p0 = gemm_float_weight(w); let q0 = gemm_float_weight(w + 1u);
    let p1 = gemm_float_weight(w + stride); let q1 = gemm_float_weight(w + stride + 1u);
    let p2 = gemm_float_weight(w + 2u * stride); let q2 = gemm_float_weight(w + 2u * stride + 1u);
    let p3 = gemm_float_weight(w + 3u * stride); let q3 = gemm_float_weight(w + 3u * stride + 1u);
    w += 4u * stride;
    let v0 = gemm_float_x(0u, x0, k); a0 = quads_madd(a0, p0, p1, p2, p3, v0); b0 = quads_madd(b0, q0, q1, q2, q3, v0);
    let v1 = gemm_float_x(1u, x1, k); a1 = quads_madd(a1, p0, p1, p2, p3, v1); b1 = quads_madd(b1, q0, q1, q2, q3, v1);
    let v2 = gemm_float_x(2u, x2, k); a2 = quads_madd(a2, p0, p1, p2, p3, v2); b2 = quads_madd(b2, q0, q1, q2, q3, v2);
    let v3 = gemm_float_x(3u, x3, k); a3 = quads_madd(a3, p0, p1, p2, p3, v3); b3 = quads_madd(b3, q0, q1, q2, q3, v3);
    let v4 = gemm_float_x(4u, x4, k); a4 = quads_madd(a4, p0, p1, p2, p3, v4); b4 = quads_madd(b4, q0, q1, q2, q3, v4);
    let v5 = gemm_float_x(5u, x5, k); a5 = quads_madd(a5, p0, p1, p2, p3, v5); b5 = quads_madd(b5, q0, q1, q2, q3, v5);
    let v6 = gemm_float_x(6u, x6, k); a6 = quads_madd(a6, p0, p1, p2, p3, v6); b6 = quads_madd(b6, q0, q1, q2, q3, v6);
    let v7 = gemm_float_x(7u, x7, k); a7 = quads_madd(a7, p0, p1, p2, p3, v7); b7 = quads_madd(b7, q0, q1, q2, q3, v7);
  }
  return array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
}
