// y[M,N] = x[M,K] . weight[N,K]^T + bias, then optionally GELU and a residual: float, no barrier, no subgroup.
// Register block of 22 rows x 16 columns per invocation: the fewest loads per product, where registers (or a software adapter's stack) hold 352 sums.
// 22 rows: nine blocks are the 197 tokens of an image of 224 and one row.
//include lib/gemm-float-layer.wgsl
//include lib/quads.wgsl

@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 4u;
  let row = id.y * 22u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let x0 = gemm_rows_base(row + 0u); var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0);
  let x1 = gemm_rows_base(row + 1u); var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0);
  let x2 = gemm_rows_base(row + 2u); var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0);
  let x3 = gemm_rows_base(row + 3u); var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0);
  let x4 = gemm_rows_base(row + 4u); var a4 = vec4f(0.0); var b4 = vec4f(0.0); var c4 = vec4f(0.0); var d4 = vec4f(0.0);
  let x5 = gemm_rows_base(row + 5u); var a5 = vec4f(0.0); var b5 = vec4f(0.0); var c5 = vec4f(0.0); var d5 = vec4f(0.0);
  let x6 = gemm_rows_base(row + 6u); var a6 = vec4f(0.0); var b6 = vec4f(0.0); var c6 = vec4f(0.0); var d6 = vec4f(0.0);
  let x7 = gemm_rows_base(row + 7u); var a7 = vec4f(0.0); var b7 = vec4f(0.0); var c7 = vec4f(0.0); var d7 = vec4f(0.0);
  let x8 = gemm_rows_base(row + 8u); var a8 = vec4f(0.0); var b8 = vec4f(0.0); var c8 = vec4f(0.0); var d8 = vec4f(0.0);
  let x9 = gemm_rows_base(row + 9u); var a9 = vec4f(0.0); var b9 = vec4f(0.0); var c9 = vec4f(0.0); var d9 = vec4f(0.0);
  let x10 = gemm_rows_base(row + 10u); var a10 = vec4f(0.0); var b10 = vec4f(0.0); var c10 = vec4f(0.0); var d10 = vec4f(0.0);
  let x11 = gemm_rows_base(row + 11u); var a11 = vec4f(0.0); var b11 = vec4f(0.0); var c11 = vec4f(0.0); var d11 = vec4f(0.0);
  let x12 = gemm_rows_base(row + 12u); var a12 = vec4f(0.0); var b12 = vec4f(0.0); var c12 = vec4f(0.0); var d12 = vec4f(0.0);
  let x13 = gemm_rows_base(row + 13u); var a13 = vec4f(0.0); var b13 = vec4f(0.0); var c13 = vec4f(0.0); var d13 = vec4f(0.0);
  let x14 = gemm_rows_base(row + 14u); var a14 = vec4f(0.0); var b14 = vec4f(0.0); var c14 = vec4f(0.0); var d14 = vec4f(0.0);
  let x15 = gemm_rows_base(row + 15u); var a15 = vec4f(0.0); var b15 = vec4f(0.0); var c15 = vec4f(0.0); var d15 = vec4f(0.0);
  let x16 = gemm_rows_base(row + 16u); var a16 = vec4f(0.0); var b16 = vec4f(0.0); var c16 = vec4f(0.0); var d16 = vec4f(0.0);
  let x17 = gemm_rows_base(row + 17u); var a17 = vec4f(0.0); var b17 = vec4f(0.0); var c17 = vec4f(0.0); var d17 = vec4f(0.0);
  let x18 = gemm_rows_base(row + 18u); var a18 = vec4f(0.0); var b18 = vec4f(0.0); var c18 = vec4f(0.0); var d18 = vec4f(0.0);
  let x19 = gemm_rows_base(row + 19u); var a19 = vec4f(0.0); var b19 = vec4f(0.0); var c19 = vec4f(0.0); var d19 = vec4f(0.0);
  let x20 = gemm_rows_base(row + 20u); var a20 = vec4f(0.0); var b20 = vec4f(0.0); var c20 = vec4f(0.0); var d20 = vec4f(0.0);
  let x21 = gemm_rows_base(row + 21u); var a21 = vec4f(0.0); var b21 = vec4f(0.0); var c21 = vec4f(0.0); var d21 = vec4f(0.0);
  let stride = params.weight_columns4;
  // Weights are padded to a multiple of 16 columns.
  var w = column4;
  for (var k = 0u; k < params.depth4; k++) {
    let p0 = gemm_float_weight(w); let q0 = gemm_float_weight(w + 1u); let r0 = gemm_float_weight(w + 2u); let s0 = gemm_float_weight(w + 3u);
    let p1 = gemm_float_weight(w + stride); let q1 = gemm_float_weight(w + stride + 1u); let r1 = gemm_float_weight(w + stride + 2u); let s1 = gemm_float_weight(w + stride + 3u);
    let p2 = gemm_float_weight(w + 2u * stride); let q2 = gemm_float_weight(w + 2u * stride + 1u); let r2 = gemm_float_weight(w + 2u * stride + 2u); let s2 = gemm_float_weight(w + 2u * stride + 3u);
    let p3 = gemm_float_weight(w + 3u * stride); let q3 = gemm_float_weight(w + 3u * stride + 1u); let r3 = gemm_float_weight(w + 3u * stride + 2u); let s3 = gemm_float_weight(w + 3u * stride + 3u);
    w += 4u * stride;
    let v0 = gemm_float_x(0u, x0, k);
    a0 = quads_madd(a0, p0, p1, p2, p3, v0); b0 = quads_madd(b0, q0, q1, q2, q3, v0); c0 = quads_madd(c0, r0, r1, r2, r3, v0); d0 = quads_madd(d0, s0, s1, s2, s3, v0);
    let v1 = gemm_float_x(1u, x1, k);
    a1 = quads_madd(a1, p0, p1, p2, p3, v1); b1 = quads_madd(b1, q0, q1, q2, q3, v1); c1 = quads_madd(c1, r0, r1, r2, r3, v1); d1 = quads_madd(d1, s0, s1, s2, s3, v1);
    let v2 = gemm_float_x(2u, x2, k);
    a2 = quads_madd(a2, p0, p1, p2, p3, v2); b2 = quads_madd(b2, q0, q1, q2, q3, v2); c2 = quads_madd(c2, r0, r1, r2, r3, v2); d2 = quads_madd(d2, s0, s1, s2, s3, v2);
    let v3 = gemm_float_x(3u, x3, k);
    a3 = quads_madd(a3, p0, p1, p2, p3, v3); b3 = quads_madd(b3, q0, q1, q2, q3, v3); c3 = quads_madd(c3, r0, r1, r2, r3, v3); d3 = quads_madd(d3, s0, s1, s2, s3, v3);
    let v4 = gemm_float_x(4u, x4, k);
    a4 = quads_madd(a4, p0, p1, p2, p3, v4); b4 = quads_madd(b4, q0, q1, q2, q3, v4); c4 = quads_madd(c4, r0, r1, r2, r3, v4); d4 = quads_madd(d4, s0, s1, s2, s3, v4);
    let v5 = gemm_float_x(5u, x5, k);
    a5 = quads_madd(a5, p0, p1, p2, p3, v5); b5 = quads_madd(b5, q0, q1, q2, q3, v5); c5 = quads_madd(c5, r0, r1, r2, r3, v5); d5 = quads_madd(d5, s0, s1, s2, s3, v5);
    let v6 = gemm_float_x(6u, x6, k);
    a6 = quads_madd(a6, p0, p1, p2, p3, v6); b6 = quads_madd(b6, q0, q1, q2, q3, v6); c6 = quads_madd(c6, r0, r1, r2, r3, v6); d6 = quads_madd(d6, s0, s1, s2, s3, v6);
    let v7 = gemm_float_x(7u, x7, k);
    a7 = quads_madd(a7, p0, p1, p2, p3, v7); b7 = quads_madd(b7, q0, q1, q2, q3, v7); c7 = quads_madd(c7, r0, r1, r2, r3, v7); d7 = quads_madd(d7, s0, s1, s2, s3, v7);
    let v8 = gemm_float_x(8u, x8, k);
    a8 = quads_madd(a8, p0, p1, p2, p3, v8); b8 = quads_madd(b8, q0, q1, q2, q3, v8); c8 = quads_madd(c8, r0, r1, r2, r3, v8); d8 = quads_madd(d8, s0, s1, s2, s3, v8);
    let v9 = gemm_float_x(9u, x9, k);
    a9 = quads_madd(a9, p0, p1, p2, p3, v9); b9 = quads_madd(b9, q0, q1, q2, q3, v9); c9 = quads_madd(c9, r0, r1, r2, r3, v9); d9 = quads_madd(d9, s0, s1, s2, s3, v9);
    let v10 = gemm_float_x(10u, x10, k);
    a10 = quads_madd(a10, p0, p1, p2, p3, v10); b10 = quads_madd(b10, q0, q1, q2, q3, v10); c10 = quads_madd(c10, r0, r1, r2, r3, v10); d10 = quads_madd(d10, s0, s1, s2, s3, v10);
    let v11 = gemm_float_x(11u, x11, k);
    a11 = quads_madd(a11, p0, p1, p2, p3, v11); b11 = quads_madd(b11, q0, q1, q2, q3, v11); c11 = quads_madd(c11, r0, r1, r2, r3, v11); d11 = quads_madd(d11, s0, s1, s2, s3, v11);
    let v12 = gemm_float_x(12u, x12, k);
    a12 = quads_madd(a12, p0, p1, p2, p3, v12); b12 = quads_madd(b12, q0, q1, q2, q3, v12); c12 = quads_madd(c12, r0, r1, r2, r3, v12); d12 = quads_madd(d12, s0, s1, s2, s3, v12);
    let v13 = gemm_float_x(13u, x13, k);
    a13 = quads_madd(a13, p0, p1, p2, p3, v13); b13 = quads_madd(b13, q0, q1, q2, q3, v13); c13 = quads_madd(c13, r0, r1, r2, r3, v13); d13 = quads_madd(d13, s0, s1, s2, s3, v13);
    let v14 = gemm_float_x(14u, x14, k);
    a14 = quads_madd(a14, p0, p1, p2, p3, v14); b14 = quads_madd(b14, q0, q1, q2, q3, v14); c14 = quads_madd(c14, r0, r1, r2, r3, v14); d14 = quads_madd(d14, s0, s1, s2, s3, v14);
    let v15 = gemm_float_x(15u, x15, k);
    a15 = quads_madd(a15, p0, p1, p2, p3, v15); b15 = quads_madd(b15, q0, q1, q2, q3, v15); c15 = quads_madd(c15, r0, r1, r2, r3, v15); d15 = quads_madd(d15, s0, s1, s2, s3, v15);
    let v16 = gemm_float_x(16u, x16, k);
    a16 = quads_madd(a16, p0, p1, p2, p3, v16); b16 = quads_madd(b16, q0, q1, q2, q3, v16); c16 = quads_madd(c16, r0, r1, r2, r3, v16); d16 = quads_madd(d16, s0, s1, s2, s3, v16);
    let v17 = gemm_float_x(17u, x17, k);
    a17 = quads_madd(a17, p0, p1, p2, p3, v17); b17 = quads_madd(b17, q0, q1, q2, q3, v17); c17 = quads_madd(c17, r0, r1, r2, r3, v17); d17 = quads_madd(d17, s0, s1, s2, s3, v17);
    let v18 = gemm_float_x(18u, x18, k);
    a18 = quads_madd(a18, p0, p1, p2, p3, v18); b18 = quads_madd(b18, q0, q1, q2, q3, v18); c18 = quads_madd(c18, r0, r1, r2, r3, v18); d18 = quads_madd(d18, s0, s1, s2, s3, v18);
    let v19 = gemm_float_x(19u, x19, k);
    a19 = quads_madd(a19, p0, p1, p2, p3, v19); b19 = quads_madd(b19, q0, q1, q2, q3, v19); c19 = quads_madd(c19, r0, r1, r2, r3, v19); d19 = quads_madd(d19, s0, s1, s2, s3, v19);
    let v20 = gemm_float_x(20u, x20, k);
    a20 = quads_madd(a20, p0, p1, p2, p3, v20); b20 = quads_madd(b20, q0, q1, q2, q3, v20); c20 = quads_madd(c20, r0, r1, r2, r3, v20); d20 = quads_madd(d20, s0, s1, s2, s3, v20);
    let v21 = gemm_float_x(21u, x21, k);
    a21 = quads_madd(a21, p0, p1, p2, p3, v21); b21 = quads_madd(b21, q0, q1, q2, q3, v21); c21 = quads_madd(c21, r0, r1, r2, r3, v21); d21 = quads_madd(d21, s0, s1, s2, s3, v21);
  }
  // One loop instead of 64 calls: the epilogue is compiled once.
  var sums = array<vec4f, 88>(a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3, a4, b4, c4, d4, a5, b5, c5, d5, a6, b6, c6, d6, a7, b7, c7, d7, a8, b8, c8, d8, a9, b9, c9, d9, a10, b10, c10, d10, a11, b11, c11, d11, a12, b12, c12, d12, a13, b13, c13, d13, a14, b14, c14, d14, a15, b15, c15, d15, a16, b16, c16, d16, a17, b17, c17, d17, a18, b18, c18, d18, a19, b19, c19, d19, a20, b20, c20, d20, a21, b21, c21, d21);
  for (var t = 0u; t < 88u; t++) { gemm_float_finish(row + t / 4u, column4 + t % 4u, sums[t]); }
}
