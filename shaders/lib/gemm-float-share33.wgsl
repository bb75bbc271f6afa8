// A float layer in register blocks of 33 rows x 16 columns per invocation, x shared by the four lanes of a quad. The module declares what lib/gemm-float.wgsl and
// lib/gemm-rows.wgsl ask for, gemm_float_x and gemm_float_weight.
//include lib/gemm-share33.wgsl
//include lib/quads.wgsl

fn gemm_float_share33(id: vec3u, lane: u32) {
  // No early return: a swap needs its whole quad. Columns that are none read the last ones and store nothing.
  let column4 = id.x * 4u;
  let row = id.y * 33u;
  let stride = params.weight_columns4;
  let x0 = gemm_rows_base(row + 0u + lane);
  let x1 = gemm_rows_base(row + 4u + lane);
  let x2 = gemm_rows_base(row + 8u + lane);
  let x3 = gemm_rows_base(row + 12u + lane);
  let x4 = gemm_rows_base(row + 16u + lane);
  let x5 = gemm_rows_base(row + 20u + lane);
  let x6 = gemm_rows_base(row + 24u + lane);
  let x7 = gemm_rows_base(row + 28u + lane);
  let x8 = gemm_rows_base(row + 32u);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0); var c4 = vec4f(0.0); var d4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0); var c5 = vec4f(0.0); var d5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0); var c6 = vec4f(0.0); var d6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0); var c7 = vec4f(0.0); var d7 = vec4f(0.0);
  var a8 = vec4f(0.0); var b8 = vec4f(0.0); var c8 = vec4f(0.0); var d8 = vec4f(0.0);
  var a9 = vec4f(0.0); var b9 = vec4f(0.0); var c9 = vec4f(0.0); var d9 = vec4f(0.0);
  var a10 = vec4f(0.0); var b10 = vec4f(0.0); var c10 = vec4f(0.0); var d10 = vec4f(0.0);
  var a11 = vec4f(0.0); var b11 = vec4f(0.0); var c11 = vec4f(0.0); var d11 = vec4f(0.0);
  var a12 = vec4f(0.0); var b12 = vec4f(0.0); var c12 = vec4f(0.0); var d12 = vec4f(0.0);
  var a13 = vec4f(0.0); var b13 = vec4f(0.0); var c13 = vec4f(0.0); var d13 = vec4f(0.0);
  var a14 = vec4f(0.0); var b14 = vec4f(0.0); var c14 = vec4f(0.0); var d14 = vec4f(0.0);
  var a15 = vec4f(0.0); var b15 = vec4f(0.0); var c15 = vec4f(0.0); var d15 = vec4f(0.0);
  var a16 = vec4f(0.0); var b16 = vec4f(0.0); var c16 = vec4f(0.0); var d16 = vec4f(0.0);
  var a17 = vec4f(0.0); var b17 = vec4f(0.0); var c17 = vec4f(0.0); var d17 = vec4f(0.0);
  var a18 = vec4f(0.0); var b18 = vec4f(0.0); var c18 = vec4f(0.0); var d18 = vec4f(0.0);
  var a19 = vec4f(0.0); var b19 = vec4f(0.0); var c19 = vec4f(0.0); var d19 = vec4f(0.0);
  var a20 = vec4f(0.0); var b20 = vec4f(0.0); var c20 = vec4f(0.0); var d20 = vec4f(0.0);
  var a21 = vec4f(0.0); var b21 = vec4f(0.0); var c21 = vec4f(0.0); var d21 = vec4f(0.0);
  var a22 = vec4f(0.0); var b22 = vec4f(0.0); var c22 = vec4f(0.0); var d22 = vec4f(0.0);
  var a23 = vec4f(0.0); var b23 = vec4f(0.0); var c23 = vec4f(0.0); var d23 = vec4f(0.0);
  var a24 = vec4f(0.0); var b24 = vec4f(0.0); var c24 = vec4f(0.0); var d24 = vec4f(0.0);
  var a25 = vec4f(0.0); var b25 = vec4f(0.0); var c25 = vec4f(0.0); var d25 = vec4f(0.0);
  var a26 = vec4f(0.0); var b26 = vec4f(0.0); var c26 = vec4f(0.0); var d26 = vec4f(0.0);
  var a27 = vec4f(0.0); var b27 = vec4f(0.0); var c27 = vec4f(0.0); var d27 = vec4f(0.0);
  var a28 = vec4f(0.0); var b28 = vec4f(0.0); var c28 = vec4f(0.0); var d28 = vec4f(0.0);
  var a29 = vec4f(0.0); var b29 = vec4f(0.0); var c29 = vec4f(0.0); var d29 = vec4f(0.0);
  var a30 = vec4f(0.0); var b30 = vec4f(0.0); var c30 = vec4f(0.0); var d30 = vec4f(0.0);
  var a31 = vec4f(0.0); var b31 = vec4f(0.0); var c31 = vec4f(0.0); var d31 = vec4f(0.0);
  var a32 = vec4f(0.0); var b32 = vec4f(0.0); var c32 = vec4f(0.0); var d32 = vec4f(0.0);
  // Weights are padded to a multiple of 16 columns.
  var w = min(column4, stride - 4u);
  for (var k = 0u; k < params.depth4; k++) {
    let p0 = gemm_float_weight(w); let q0 = gemm_float_weight(w + 1u); let r0 = gemm_float_weight(w + 2u); let s0 = gemm_float_weight(w + 3u);
    let p1 = gemm_float_weight(w + stride); let q1 = gemm_float_weight(w + stride + 1u); let r1 = gemm_float_weight(w + stride + 2u); let s1 = gemm_float_weight(w + stride + 3u);
    let p2 = gemm_float_weight(w + 2u * stride); let q2 = gemm_float_weight(w + 2u * stride + 1u); let r2 = gemm_float_weight(w + 2u * stride + 2u); let s2 = gemm_float_weight(w + 2u * stride + 3u);
    let p3 = gemm_float_weight(w + 3u * stride); let q3 = gemm_float_weight(w + 3u * stride + 1u); let r3 = gemm_float_weight(w + 3u * stride + 2u); let s3 = gemm_float_weight(w + 3u * stride + 3u);
    w += 4u * stride;
    let v0 = gemm_float_x(0u, x0, k);
    a0 = quads_madd(a0, p0, p1, p2, p3, v0); b0 = quads_madd(b0, q0, q1, q2, q3, v0); c0 = quads_madd(c0, r0, r1, r2, r3, v0); d0 = quads_madd(d0, s0, s1, s2, s3, v0);
    let v1 = quadSwapX(v0);
    a1 = quads_madd(a1, p0, p1, p2, p3, v1); b1 = quads_madd(b1, q0, q1, q2, q3, v1); c1 = quads_madd(c1, r0, r1, r2, r3, v1); d1 = quads_madd(d1, s0, s1, s2, s3, v1);
    let v2 = quadSwapY(v0);
    a2 = quads_madd(a2, p0, p1, p2, p3, v2); b2 = quads_madd(b2, q0, q1, q2, q3, v2); c2 = quads_madd(c2, r0, r1, r2, r3, v2); d2 = quads_madd(d2, s0, s1, s2, s3, v2);
    let v3 = quadSwapDiagonal(v0);
    a3 = quads_madd(a3, p0, p1, p2, p3, v3); b3 = quads_madd(b3, q0, q1, q2, q3, v3); c3 = quads_madd(c3, r0, r1, r2, r3, v3); d3 = quads_madd(d3, s0, s1, s2, s3, v3);
    let v4 = gemm_float_x(0u, x1, k);
    a4 = quads_madd(a4, p0, p1, p2, p3, v4); b4 = quads_madd(b4, q0, q1, q2, q3, v4); c4 = quads_madd(c4, r0, r1, r2, r3, v4); d4 = quads_madd(d4, s0, s1, s2, s3, v4);
    let v5 = quadSwapX(v4);
    a5 = quads_madd(a5, p0, p1, p2, p3, v5); b5 = quads_madd(b5, q0, q1, q2, q3, v5); c5 = quads_madd(c5, r0, r1, r2, r3, v5); d5 = quads_madd(d5, s0, s1, s2, s3, v5);
    let v6 = quadSwapY(v4);
    a6 = quads_madd(a6, p0, p1, p2, p3, v6); b6 = quads_madd(b6, q0, q1, q2, q3, v6); c6 = quads_madd(c6, r0, r1, r2, r3, v6); d6 = quads_madd(d6, s0, s1, s2, s3, v6);
    let v7 = quadSwapDiagonal(v4);
    a7 = quads_madd(a7, p0, p1, p2, p3, v7); b7 = quads_madd(b7, q0, q1, q2, q3, v7); c7 = quads_madd(c7, r0, r1, r2, r3, v7); d7 = quads_madd(d7, s0, s1, s2, s3, v7);
    let v8 = gemm_float_x(0u, x2, k);
    a8 = quads_madd(a8, p0, p1, p2, p3, v8); b8 = quads_madd(b8, q0, q1, q2, q3, v8); c8 = quads_madd(c8, r0, r1, r2, r3, v8); d8 = quads_madd(d8, s0, s1, s2, s3, v8);
    let v9 = quadSwapX(v8);
    a9 = quads_madd(a9, p0, p1, p2, p3, v9); b9 = quads_madd(b9, q0, q1, q2, q3, v9); c9 = quads_madd(c9, r0, r1, r2, r3, v9); d9 = quads_madd(d9, s0, s1, s2, s3, v9);
    let v10 = quadSwapY(v8);
    a10 = quads_madd(a10, p0, p1, p2, p3, v10); b10 = quads_madd(b10, q0, q1, q2, q3, v10); c10 = quads_madd(c10, r0, r1, r2, r3, v10); d10 = quads_madd(d10, s0, s1, s2, s3, v10);
    let v11 = quadSwapDiagonal(v8);
    a11 = quads_madd(a11, p0, p1, p2, p3, v11); b11 = quads_madd(b11, q0, q1, q2, q3, v11); c11 = quads_madd(c11, r0, r1, r2, r3, v11); d11 = quads_madd(d11, s0, s1, s2, s3, v11);
    let v12 = gemm_float_x(0u, x3, k);
    a12 = quads_madd(a12, p0, p1, p2, p3, v12); b12 = quads_madd(b12, q0, q1, q2, q3, v12); c12 = quads_madd(c12, r0, r1, r2, r3, v12); d12 = quads_madd(d12, s0, s1, s2, s3, v12);
    let v13 = quadSwapX(v12);
    a13 = quads_madd(a13, p0, p1, p2, p3, v13); b13 = quads_madd(b13, q0, q1, q2, q3, v13); c13 = quads_madd(c13, r0, r1, r2, r3, v13); d13 = quads_madd(d13, s0, s1, s2, s3, v13);
    let v14 = quadSwapY(v12);
    a14 = quads_madd(a14, p0, p1, p2, p3, v14); b14 = quads_madd(b14, q0, q1, q2, q3, v14); c14 = quads_madd(c14, r0, r1, r2, r3, v14); d14 = quads_madd(d14, s0, s1, s2, s3, v14);
    let v15 = quadSwapDiagonal(v12);
    a15 = quads_madd(a15, p0, p1, p2, p3, v15); b15 = quads_madd(b15, q0, q1, q2, q3, v15); c15 = quads_madd(c15, r0, r1, r2, r3, v15); d15 = quads_madd(d15, s0, s1, s2, s3, v15);
    let v16 = gemm_float_x(0u, x4, k);
    a16 = quads_madd(a16, p0, p1, p2, p3, v16); b16 = quads_madd(b16, q0, q1, q2, q3, v16); c16 = quads_madd(c16, r0, r1, r2, r3, v16); d16 = quads_madd(d16, s0, s1, s2, s3, v16);
    let v17 = quadSwapX(v16);
    a17 = quads_madd(a17, p0, p1, p2, p3, v17); b17 = quads_madd(b17, q0, q1, q2, q3, v17); c17 = quads_madd(c17, r0, r1, r2, r3, v17); d17 = quads_madd(d17, s0, s1, s2, s3, v17);
    let v18 = quadSwapY(v16);
    a18 = quads_madd(a18, p0, p1, p2, p3, v18); b18 = quads_madd(b18, q0, q1, q2, q3, v18); c18 = quads_madd(c18, r0, r1, r2, r3, v18); d18 = quads_madd(d18, s0, s1, s2, s3, v18);
    let v19 = quadSwapDiagonal(v16);
    a19 = quads_madd(a19, p0, p1, p2, p3, v19); b19 = quads_madd(b19, q0, q1, q2, q3, v19); c19 = quads_madd(c19, r0, r1, r2, r3, v19); d19 = quads_madd(d19, s0, s1, s2, s3, v19);
    let v20 = gemm_float_x(0u, x5, k);
    a20 = quads_madd(a20, p0, p1, p2, p3, v20); b20 = quads_madd(b20, q0, q1, q2, q3, v20); c20 = quads_madd(c20, r0, r1, r2, r3, v20); d20 = quads_madd(d20, s0, s1, s2, s3, v20);
    let v21 = quadSwapX(v20);
    a21 = quads_madd(a21, p0, p1, p2, p3, v21); b21 = quads_madd(b21, q0, q1, q2, q3, v21); c21 = quads_madd(c21, r0, r1, r2, r3, v21); d21 = quads_madd(d21, s0, s1, s2, s3, v21);
    let v22 = quadSwapY(v20);
    a22 = quads_madd(a22, p0, p1, p2, p3, v22); b22 = quads_madd(b22, q0, q1, q2, q3, v22); c22 = quads_madd(c22, r0, r1, r2, r3, v22); d22 = quads_madd(d22, s0, s1, s2, s3, v22);
    let v23 = quadSwapDiagonal(v20);
    a23 = quads_madd(a23, p0, p1, p2, p3, v23); b23 = quads_madd(b23, q0, q1, q2, q3, v23); c23 = quads_madd(c23, r0, r1, r2, r3, v23); d23 = quads_madd(d23, s0, s1, s2, s3, v23);
    let v24 = gemm_float_x(0u, x6, k);
    a24 = quads_madd(a24, p0, p1, p2, p3, v24); b24 = quads_madd(b24, q0, q1, q2, q3, v24); c24 = quads_madd(c24, r0, r1, r2, r3, v24); d24 = quads_madd(d24, s0, s1, s2, s3, v24);
    let v25 = quadSwapX(v24);
    a25 = quads_madd(a25, p0, p1, p2, p3, v25); b25 = quads_madd(b25, q0, q1, q2, q3, v25); c25 = quads_madd(c25, r0, r1, r2, r3, v25); d25 = quads_madd(d25, s0, s1, s2, s3, v25);
    let v26 = quadSwapY(v24);
    a26 = quads_madd(a26, p0, p1, p2, p3, v26); b26 = quads_madd(b26, q0, q1, q2, q3, v26); c26 = quads_madd(c26, r0, r1, r2, r3, v26); d26 = quads_madd(d26, s0, s1, s2, s3, v26);
    let v27 = quadSwapDiagonal(v24);
    a27 = quads_madd(a27, p0, p1, p2, p3, v27); b27 = quads_madd(b27, q0, q1, q2, q3, v27); c27 = quads_madd(c27, r0, r1, r2, r3, v27); d27 = quads_madd(d27, s0, s1, s2, s3, v27);
    let v28 = gemm_float_x(0u, x7, k);
    a28 = quads_madd(a28, p0, p1, p2, p3, v28); b28 = quads_madd(b28, q0, q1, q2, q3, v28); c28 = quads_madd(c28, r0, r1, r2, r3, v28); d28 = quads_madd(d28, s0, s1, s2, s3, v28);
    let v29 = quadSwapX(v28);
    a29 = quads_madd(a29, p0, p1, p2, p3, v29); b29 = quads_madd(b29, q0, q1, q2, q3, v29); c29 = quads_madd(c29, r0, r1, r2, r3, v29); d29 = quads_madd(d29, s0, s1, s2, s3, v29);
    let v30 = quadSwapY(v28);
    a30 = quads_madd(a30, p0, p1, p2, p3, v30); b30 = quads_madd(b30, q0, q1, q2, q3, v30); c30 = quads_madd(c30, r0, r1, r2, r3, v30); d30 = quads_madd(d30, s0, s1, s2, s3, v30);
    let v31 = quadSwapDiagonal(v28);
    a31 = quads_madd(a31, p0, p1, p2, p3, v31); b31 = quads_madd(b31, q0, q1, q2, q3, v31); c31 = quads_madd(c31, r0, r1, r2, r3, v31); d31 = quads_madd(d31, s0, s1, s2, s3, v31);
    let v32 = gemm_float_x(0u, x8, k);
    a32 = quads_madd(a32, p0, p1, p2, p3, v32); b32 = quads_madd(b32, q0, q1, q2, q3, v32); c32 = quads_madd(c32, r0, r1, r2, r3, v32); d32 = quads_madd(d32, s0, s1, s2, s3, v32);
  }
  var sums = array<vec4f, 132>(a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3, a4, b4, c4, d4, a5, b5, c5, d5, a6, b6, c6, d6, a7, b7, c7, d7, a8, b8, c8, d8, a9, b9, c9, d9, a10, b10, c10, d10, a11, b11, c11, d11, a12, b12, c12, d12, a13, b13, c13, d13, a14, b14, c14, d14, a15, b15, c15, d15, a16, b16, c16, d16, a17, b17, c17, d17, a18, b18, c18, d18, a19, b19, c19, d19, a20, b20, c20, d20, a21, b21, c21, d21, a22, b22, c22, d22, a23, b23, c23, d23, a24, b24, c24, d24, a25, b25, c25, d25, a26, b26, c26, d26, a27, b27, c27, d27, a28, b28, c28, d28, a29, b29, c29, d29, a30, b30, c30, d30, a31, b31, c31, d31, a32, b32, c32, d32);
  // One loop instead of 132 calls: the epilogue is compiled once.
  // SwiftShader has no cheap branch: a question per sum costs it as much as the epilogue. So each form that models have most has a loop of its own, and the rest one that asks.
  let has_residual = params.has_residual != 0u;
  let is_plain = params.gelu == 0u && !has_residual;
  let is_sum = params.gelu == 0u && has_residual;
  let is_gelu = params.gelu == 1u && !has_residual;
  let is_other = !(is_plain || is_sum || is_gelu);
  for (var t = select(132u, 0u, is_plain); t < 132u; t++) { gemm_float_finish_as(row + gemm_share33_row(t / 4u, lane), column4 + t % 4u, sums[t], 0u, false); }
  for (var t = select(132u, 0u, is_sum); t < 132u; t++) { gemm_float_finish_as(row + gemm_share33_row(t / 4u, lane), column4 + t % 4u, sums[t], 0u, true); }
  for (var t = select(132u, 0u, is_gelu); t < 132u; t++) { gemm_float_finish_as(row + gemm_share33_row(t / 4u, lane), column4 + t % 4u, sums[t], 1u, false); }
  for (var t = select(132u, 0u, is_other); t < 132u; t++) { gemm_float_finish(row + gemm_share33_row(t / 4u, lane), column4 + t % 4u, sums[t]); }
}
