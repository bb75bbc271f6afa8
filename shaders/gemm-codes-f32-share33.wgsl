enable subgroups;
// gemm-codes-f32 in register blocks of 33 rows x 16 columns per invocation, x shared by the lanes of a quad (gemm-f32-share33 says why): the same arguments, the same words.
//include lib/gemm-codes-f32-layer.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-share33.wgsl
//include lib/gemm-weights.wgsl
//include lib/quads.wgsl
const BLOCK_ROWS = 33u;
const BLOCK_COLUMNS4 = 4u;

// The words that hold columns 0-3, 4-7, 8-11 and 12-15 of the tile for one k, each shifted so that its first column is lowest.
fn gemm_codes_words(base: u32) -> vec4u {
  if (CONTAINER == 8u) { return vec4u(weight[base], weight[base + 1u], weight[base + 2u], weight[base + 3u]); }
  let low = weight[base];
  if (CONTAINER == 4u) { let high = weight[base + 1u]; return vec4u(low, low >> 16u, high, high >> 16u); }
  return vec4u(low, low >> 8u, low >> 16u, low >> 24u);
}

struct GemmCodesBlock {
  sums: array<vec4i, 132>, // of sum r and quad c of columns at 4 r + c: bits of floats, or of integers where K is cut into chunks
  row_sums: array<i32, 33>, // likewise
}

fn gemm_codes_sum(sum: vec4i) -> vec4i { if (CHUNKED) { return sum; } return codes_whole(bitcast<vec4f>(sum)); }
fn gemm_codes_row_sum(sum: i32) -> i32 { if (CHUNKED) { return sum; } return codes_whole(vec4f(bitcast<f32>(sum))).x; }

fn gemm_codes_row(r: u32) -> u32 { return gemm_share33_row(r, lane); }

// Of the invocation, in its quad.
var<private> lane: u32;

fn gemm_codes_block(row: u32, column4: u32, from4: u32, to4: u32) -> GemmCodesBlock {
  let x0 = gemm_rows_base(row + 0u + lane);
  let x1 = gemm_rows_base(row + 4u + lane);
  let x2 = gemm_rows_base(row + 8u + lane);
  let x3 = gemm_rows_base(row + 12u + lane);
  let x4 = gemm_rows_base(row + 16u + lane);
  let x5 = gemm_rows_base(row + 20u + lane);
  let x6 = gemm_rows_base(row + 24u + lane);
  let x7 = gemm_rows_base(row + 28u + lane);
  let x8 = gemm_rows_base(row + 32u);
  let stride = params.weight_stride;
  // Columns that are none read the last ones.
  var w = min(column4 * CONTAINER / 8u, stride - CONTAINER / 2u) + 4u * from4 * stride;
  let chunk4 = select(to4 - from4, params.chunk4, CHUNKED);
  var block = GemmCodesBlock();
  for (var start = from4; start < to4; start += chunk4) {
    var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0); var s0 = 0.0;
    var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0);
    var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0);
    var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0);
    var a4 = vec4f(0.0); var b4 = vec4f(0.0); var c4 = vec4f(0.0); var d4 = vec4f(0.0); var s4 = 0.0;
    var a5 = vec4f(0.0); var b5 = vec4f(0.0); var c5 = vec4f(0.0); var d5 = vec4f(0.0);
    var a6 = vec4f(0.0); var b6 = vec4f(0.0); var c6 = vec4f(0.0); var d6 = vec4f(0.0);
    var a7 = vec4f(0.0); var b7 = vec4f(0.0); var c7 = vec4f(0.0); var d7 = vec4f(0.0);
    var a8 = vec4f(0.0); var b8 = vec4f(0.0); var c8 = vec4f(0.0); var d8 = vec4f(0.0); var s8 = 0.0;
    var a9 = vec4f(0.0); var b9 = vec4f(0.0); var c9 = vec4f(0.0); var d9 = vec4f(0.0);
    var a10 = vec4f(0.0); var b10 = vec4f(0.0); var c10 = vec4f(0.0); var d10 = vec4f(0.0);
    var a11 = vec4f(0.0); var b11 = vec4f(0.0); var c11 = vec4f(0.0); var d11 = vec4f(0.0);
    var a12 = vec4f(0.0); var b12 = vec4f(0.0); var c12 = vec4f(0.0); var d12 = vec4f(0.0); var s12 = 0.0;
    var a13 = vec4f(0.0); var b13 = vec4f(0.0); var c13 = vec4f(0.0); var d13 = vec4f(0.0);
    var a14 = vec4f(0.0); var b14 = vec4f(0.0); var c14 = vec4f(0.0); var d14 = vec4f(0.0);
    var a15 = vec4f(0.0); var b15 = vec4f(0.0); var c15 = vec4f(0.0); var d15 = vec4f(0.0);
    var a16 = vec4f(0.0); var b16 = vec4f(0.0); var c16 = vec4f(0.0); var d16 = vec4f(0.0); var s16 = 0.0;
    var a17 = vec4f(0.0); var b17 = vec4f(0.0); var c17 = vec4f(0.0); var d17 = vec4f(0.0);
    var a18 = vec4f(0.0); var b18 = vec4f(0.0); var c18 = vec4f(0.0); var d18 = vec4f(0.0);
    var a19 = vec4f(0.0); var b19 = vec4f(0.0); var c19 = vec4f(0.0); var d19 = vec4f(0.0);
    var a20 = vec4f(0.0); var b20 = vec4f(0.0); var c20 = vec4f(0.0); var d20 = vec4f(0.0); var s20 = 0.0;
    var a21 = vec4f(0.0); var b21 = vec4f(0.0); var c21 = vec4f(0.0); var d21 = vec4f(0.0);
    var a22 = vec4f(0.0); var b22 = vec4f(0.0); var c22 = vec4f(0.0); var d22 = vec4f(0.0);
    var a23 = vec4f(0.0); var b23 = vec4f(0.0); var c23 = vec4f(0.0); var d23 = vec4f(0.0);
    var a24 = vec4f(0.0); var b24 = vec4f(0.0); var c24 = vec4f(0.0); var d24 = vec4f(0.0); var s24 = 0.0;
    var a25 = vec4f(0.0); var b25 = vec4f(0.0); var c25 = vec4f(0.0); var d25 = vec4f(0.0);
    var a26 = vec4f(0.0); var b26 = vec4f(0.0); var c26 = vec4f(0.0); var d26 = vec4f(0.0);
    var a27 = vec4f(0.0); var b27 = vec4f(0.0); var c27 = vec4f(0.0); var d27 = vec4f(0.0);
    var a28 = vec4f(0.0); var b28 = vec4f(0.0); var c28 = vec4f(0.0); var d28 = vec4f(0.0); var s28 = 0.0;
    var a29 = vec4f(0.0); var b29 = vec4f(0.0); var c29 = vec4f(0.0); var d29 = vec4f(0.0);
    var a30 = vec4f(0.0); var b30 = vec4f(0.0); var c30 = vec4f(0.0); var d30 = vec4f(0.0);
    var a31 = vec4f(0.0); var b31 = vec4f(0.0); var c31 = vec4f(0.0); var d31 = vec4f(0.0);
    var a32 = vec4f(0.0); var b32 = vec4f(0.0); var c32 = vec4f(0.0); var d32 = vec4f(0.0); var s32 = 0.0;
    let end = min(start + chunk4, to4);
    for (var k = start; k < end; k++) {
      let w0 = gemm_codes_words(w); let w1 = gemm_codes_words(w + stride); let w2 = gemm_codes_words(w + 2u * stride); let w3 = gemm_codes_words(w + 3u * stride);
      w += 4u * stride;
      let e0 = gemm_weights_columns(w0.x); let e1 = gemm_weights_columns(w1.x); let e2 = gemm_weights_columns(w2.x); let e3 = gemm_weights_columns(w3.x);
      let f0 = gemm_weights_columns(w0.y); let f1 = gemm_weights_columns(w1.y); let f2 = gemm_weights_columns(w2.y); let f3 = gemm_weights_columns(w3.y);
      let g0 = gemm_weights_columns(w0.z); let g1 = gemm_weights_columns(w1.z); let g2 = gemm_weights_columns(w2.z); let g3 = gemm_weights_columns(w3.z);
      let h0 = gemm_weights_columns(w0.w); let h1 = gemm_weights_columns(w1.w); let h2 = gemm_weights_columns(w2.w); let h3 = gemm_weights_columns(w3.w);
      let v0 = gemm_codes_x(0u, x0, k); s0 += v0.x + v0.y + v0.z + v0.w;
      a0 = quads_madd(a0, e0, e1, e2, e3, v0); b0 = quads_madd(b0, f0, f1, f2, f3, v0); c0 = quads_madd(c0, g0, g1, g2, g3, v0); d0 = quads_madd(d0, h0, h1, h2, h3, v0);
      let v1 = quadSwapX(v0);
      a1 = quads_madd(a1, e0, e1, e2, e3, v1); b1 = quads_madd(b1, f0, f1, f2, f3, v1); c1 = quads_madd(c1, g0, g1, g2, g3, v1); d1 = quads_madd(d1, h0, h1, h2, h3, v1);
      let v2 = quadSwapY(v0);
      a2 = quads_madd(a2, e0, e1, e2, e3, v2); b2 = quads_madd(b2, f0, f1, f2, f3, v2); c2 = quads_madd(c2, g0, g1, g2, g3, v2); d2 = quads_madd(d2, h0, h1, h2, h3, v2);
      let v3 = quadSwapDiagonal(v0);
      a3 = quads_madd(a3, e0, e1, e2, e3, v3); b3 = quads_madd(b3, f0, f1, f2, f3, v3); c3 = quads_madd(c3, g0, g1, g2, g3, v3); d3 = quads_madd(d3, h0, h1, h2, h3, v3);
      let v4 = gemm_codes_x(0u, x1, k); s4 += v4.x + v4.y + v4.z + v4.w;
      a4 = quads_madd(a4, e0, e1, e2, e3, v4); b4 = quads_madd(b4, f0, f1, f2, f3, v4); c4 = quads_madd(c4, g0, g1, g2, g3, v4); d4 = quads_madd(d4, h0, h1, h2, h3, v4);
      let v5 = quadSwapX(v4);
      a5 = quads_madd(a5, e0, e1, e2, e3, v5); b5 = quads_madd(b5, f0, f1, f2, f3, v5); c5 = quads_madd(c5, g0, g1, g2, g3, v5); d5 = quads_madd(d5, h0, h1, h2, h3, v5);
      let v6 = quadSwapY(v4);
      a6 = quads_madd(a6, e0, e1, e2, e3, v6); b6 = quads_madd(b6, f0, f1, f2, f3, v6); c6 = quads_madd(c6, g0, g1, g2, g3, v6); d6 = quads_madd(d6, h0, h1, h2, h3, v6);
      let v7 = quadSwapDiagonal(v4);
      a7 = quads_madd(a7, e0, e1, e2, e3, v7); b7 = quads_madd(b7, f0, f1, f2, f3, v7); c7 = quads_madd(c7, g0, g1, g2, g3, v7); d7 = quads_madd(d7, h0, h1, h2, h3, v7);
      let v8 = gemm_codes_x(0u, x2, k); s8 += v8.x + v8.y + v8.z + v8.w;
      a8 = quads_madd(a8, e0, e1, e2, e3, v8); b8 = quads_madd(b8, f0, f1, f2, f3, v8); c8 = quads_madd(c8, g0, g1, g2, g3, v8); d8 = quads_madd(d8, h0, h1, h2, h3, v8);
      let v9 = quadSwapX(v8);
      a9 = quads_madd(a9, e0, e1, e2, e3, v9); b9 = quads_madd(b9, f0, f1, f2, f3, v9); c9 = quads_madd(c9, g0, g1, g2, g3, v9); d9 = quads_madd(d9, h0, h1, h2, h3, v9);
      let v10 = quadSwapY(v8);
      a10 = quads_madd(a10, e0, e1, e2, e3, v10); b10 = quads_madd(b10, f0, f1, f2, f3, v10); c10 = quads_madd(c10, g0, g1, g2, g3, v10); d10 = quads_madd(d10, h0, h1, h2, h3, v10);
      let v11 = quadSwapDiagonal(v8);
      a11 = quads_madd(a11, e0, e1, e2, e3, v11); b11 = quads_madd(b11, f0, f1, f2, f3, v11); c11 = quads_madd(c11, g0, g1, g2, g3, v11); d11 = quads_madd(d11, h0, h1, h2, h3, v11);
      let v12 = gemm_codes_x(0u, x3, k); s12 += v12.x + v12.y + v12.z + v12.w;
      a12 = quads_madd(a12, e0, e1, e2, e3, v12); b12 = quads_madd(b12, f0, f1, f2, f3, v12); c12 = quads_madd(c12, g0, g1, g2, g3, v12); d12 = quads_madd(d12, h0, h1, h2, h3, v12);
      let v13 = quadSwapX(v12);
      a13 = quads_madd(a13, e0, e1, e2, e3, v13); b13 = quads_madd(b13, f0, f1, f2, f3, v13); c13 = quads_madd(c13, g0, g1, g2, g3, v13); d13 = quads_madd(d13, h0, h1, h2, h3, v13);
      let v14 = quadSwapY(v12);
      a14 = quads_madd(a14, e0, e1, e2, e3, v14); b14 = quads_madd(b14, f0, f1, f2, f3, v14); c14 = quads_madd(c14, g0, g1, g2, g3, v14); d14 = quads_madd(d14, h0, h1, h2, h3, v14);
      let v15 = quadSwapDiagonal(v12);
      a15 = quads_madd(a15, e0, e1, e2, e3, v15); b15 = quads_madd(b15, f0, f1, f2, f3, v15); c15 = quads_madd(c15, g0, g1, g2, g3, v15); d15 = quads_madd(d15, h0, h1, h2, h3, v15);
      let v16 = gemm_codes_x(0u, x4, k); s16 += v16.x + v16.y + v16.z + v16.w;
      a16 = quads_madd(a16, e0, e1, e2, e3, v16); b16 = quads_madd(b16, f0, f1, f2, f3, v16); c16 = quads_madd(c16, g0, g1, g2, g3, v16); d16 = quads_madd(d16, h0, h1, h2, h3, v16);
      let v17 = quadSwapX(v16);
      a17 = quads_madd(a17, e0, e1, e2, e3, v17); b17 = quads_madd(b17, f0, f1, f2, f3, v17); c17 = quads_madd(c17, g0, g1, g2, g3, v17); d17 = quads_madd(d17, h0, h1, h2, h3, v17);
      let v18 = quadSwapY(v16);
      a18 = quads_madd(a18, e0, e1, e2, e3, v18); b18 = quads_madd(b18, f0, f1, f2, f3, v18); c18 = quads_madd(c18, g0, g1, g2, g3, v18); d18 = quads_madd(d18, h0, h1, h2, h3, v18);
      let v19 = quadSwapDiagonal(v16);
      a19 = quads_madd(a19, e0, e1, e2, e3, v19); b19 = quads_madd(b19, f0, f1, f2, f3, v19); c19 = quads_madd(c19, g0, g1, g2, g3, v19); d19 = quads_madd(d19, h0, h1, h2, h3, v19);
      let v20 = gemm_codes_x(0u, x5, k); s20 += v20.x + v20.y + v20.z + v20.w;
      a20 = quads_madd(a20, e0, e1, e2, e3, v20); b20 = quads_madd(b20, f0, f1, f2, f3, v20); c20 = quads_madd(c20, g0, g1, g2, g3, v20); d20 = quads_madd(d20, h0, h1, h2, h3, v20);
      let v21 = quadSwapX(v20);
      a21 = quads_madd(a21, e0, e1, e2, e3, v21); b21 = quads_madd(b21, f0, f1, f2, f3, v21); c21 = quads_madd(c21, g0, g1, g2, g3, v21); d21 = quads_madd(d21, h0, h1, h2, h3, v21);
      let v22 = quadSwapY(v20);
      a22 = quads_madd(a22, e0, e1, e2, e3, v22); b22 = quads_madd(b22, f0, f1, f2, f3, v22); c22 = quads_madd(c22, g0, g1, g2, g3, v22); d22 = quads_madd(d22, h0, h1, h2, h3, v22);
      let v23 = quadSwapDiagonal(v20);
      a23 = quads_madd(a23, e0, e1, e2, e3, v23); b23 = quads_madd(b23, f0, f1, f2, f3, v23); c23 = quads_madd(c23, g0, g1, g2, g3, v23); d23 = quads_madd(d23, h0, h1, h2, h3, v23);
      let v24 = gemm_codes_x(0u, x6, k); s24 += v24.x + v24.y + v24.z + v24.w;
      a24 = quads_madd(a24, e0, e1, e2, e3, v24); b24 = quads_madd(b24, f0, f1, f2, f3, v24); c24 = quads_madd(c24, g0, g1, g2, g3, v24); d24 = quads_madd(d24, h0, h1, h2, h3, v24);
      let v25 = quadSwapX(v24);
      a25 = quads_madd(a25, e0, e1, e2, e3, v25); b25 = quads_madd(b25, f0, f1, f2, f3, v25); c25 = quads_madd(c25, g0, g1, g2, g3, v25); d25 = quads_madd(d25, h0, h1, h2, h3, v25);
      let v26 = quadSwapY(v24);
      a26 = quads_madd(a26, e0, e1, e2, e3, v26); b26 = quads_madd(b26, f0, f1, f2, f3, v26); c26 = quads_madd(c26, g0, g1, g2, g3, v26); d26 = quads_madd(d26, h0, h1, h2, h3, v26);
      let v27 = quadSwapDiagonal(v24);
      a27 = quads_madd(a27, e0, e1, e2, e3, v27); b27 = quads_madd(b27, f0, f1, f2, f3, v27); c27 = quads_madd(c27, g0, g1, g2, g3, v27); d27 = quads_madd(d27, h0, h1, h2, h3, v27);
      let v28 = gemm_codes_x(0u, x7, k); s28 += v28.x + v28.y + v28.z + v28.w;
      a28 = quads_madd(a28, e0, e1, e2, e3, v28); b28 = quads_madd(b28, f0, f1, f2, f3, v28); c28 = quads_madd(c28, g0, g1, g2, g3, v28); d28 = quads_madd(d28, h0, h1, h2, h3, v28);
      let v29 = quadSwapX(v28);
      a29 = quads_madd(a29, e0, e1, e2, e3, v29); b29 = quads_madd(b29, f0, f1, f2, f3, v29); c29 = quads_madd(c29, g0, g1, g2, g3, v29); d29 = quads_madd(d29, h0, h1, h2, h3, v29);
      let v30 = quadSwapY(v28);
      a30 = quads_madd(a30, e0, e1, e2, e3, v30); b30 = quads_madd(b30, f0, f1, f2, f3, v30); c30 = quads_madd(c30, g0, g1, g2, g3, v30); d30 = quads_madd(d30, h0, h1, h2, h3, v30);
      let v31 = quadSwapDiagonal(v28);
      a31 = quads_madd(a31, e0, e1, e2, e3, v31); b31 = quads_madd(b31, f0, f1, f2, f3, v31); c31 = quads_madd(c31, g0, g1, g2, g3, v31); d31 = quads_madd(d31, h0, h1, h2, h3, v31);
      let v32 = gemm_codes_x(0u, x8, k); s32 += v32.x + v32.y + v32.z + v32.w;
      a32 = quads_madd(a32, e0, e1, e2, e3, v32); b32 = quads_madd(b32, f0, f1, f2, f3, v32); c32 = quads_madd(c32, g0, g1, g2, g3, v32); d32 = quads_madd(d32, h0, h1, h2, h3, v32);
    }
    // A lane adds up the rows that it loads, and has the sums of the others from those who did.
    let s1 = quadSwapX(s0); let s2 = quadSwapY(s0); let s3 = quadSwapDiagonal(s0);
    let s5 = quadSwapX(s4); let s6 = quadSwapY(s4); let s7 = quadSwapDiagonal(s4);
    let s9 = quadSwapX(s8); let s10 = quadSwapY(s8); let s11 = quadSwapDiagonal(s8);
    let s13 = quadSwapX(s12); let s14 = quadSwapY(s12); let s15 = quadSwapDiagonal(s12);
    let s17 = quadSwapX(s16); let s18 = quadSwapY(s16); let s19 = quadSwapDiagonal(s16);
    let s21 = quadSwapX(s20); let s22 = quadSwapY(s20); let s23 = quadSwapDiagonal(s20);
    let s25 = quadSwapX(s24); let s26 = quadSwapY(s24); let s27 = quadSwapDiagonal(s24);
    let s29 = quadSwapX(s28); let s30 = quadSwapY(s28); let s31 = quadSwapDiagonal(s28);
    if (CHUNKED) {
      var sums = array<vec4f, 132>(a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3, a4, b4, c4, d4, a5, b5, c5, d5, a6, b6, c6, d6, a7, b7, c7, d7, a8, b8, c8, d8, a9, b9, c9, d9, a10, b10, c10, d10, a11, b11, c11, d11, a12, b12, c12, d12, a13, b13, c13, d13, a14, b14, c14, d14, a15, b15, c15, d15, a16, b16, c16, d16, a17, b17, c17, d17, a18, b18, c18, d18, a19, b19, c19, d19, a20, b20, c20, d20, a21, b21, c21, d21, a22, b22, c22, d22, a23, b23, c23, d23, a24, b24, c24, d24, a25, b25, c25, d25, a26, b26, c26, d26, a27, b27, c27, d27, a28, b28, c28, d28, a29, b29, c29, d29, a30, b30, c30, d30, a31, b31, c31, d31, a32, b32, c32, d32);
      var row_sums = array<f32, 33>(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23, s24, s25, s26, s27, s28, s29, s30, s31, s32);
      for (var t = 0u; t < 132u; t++) { block.sums[t] += codes_whole(sums[t]); }
      for (var r = 0u; r < 33u; r++) { block.row_sums[r] += codes_whole(vec4f(row_sums[r])).x; }
    } else {
      // Conversions are dear on software adapters: they wait for the one loop over all sums.
      block.sums = array<vec4i, 132>(bitcast<vec4i>(a0), bitcast<vec4i>(b0), bitcast<vec4i>(c0), bitcast<vec4i>(d0), bitcast<vec4i>(a1), bitcast<vec4i>(b1), bitcast<vec4i>(c1), bitcast<vec4i>(d1), bitcast<vec4i>(a2), bitcast<vec4i>(b2), bitcast<vec4i>(c2), bitcast<vec4i>(d2), bitcast<vec4i>(a3), bitcast<vec4i>(b3), bitcast<vec4i>(c3), bitcast<vec4i>(d3), bitcast<vec4i>(a4), bitcast<vec4i>(b4), bitcast<vec4i>(c4), bitcast<vec4i>(d4), bitcast<vec4i>(a5), bitcast<vec4i>(b5), bitcast<vec4i>(c5), bitcast<vec4i>(d5), bitcast<vec4i>(a6), bitcast<vec4i>(b6), bitcast<vec4i>(c6), bitcast<vec4i>(d6), bitcast<vec4i>(a7), bitcast<vec4i>(b7), bitcast<vec4i>(c7), bitcast<vec4i>(d7), bitcast<vec4i>(a8), bitcast<vec4i>(b8), bitcast<vec4i>(c8), bitcast<vec4i>(d8), bitcast<vec4i>(a9), bitcast<vec4i>(b9), bitcast<vec4i>(c9), bitcast<vec4i>(d9), bitcast<vec4i>(a10), bitcast<vec4i>(b10), bitcast<vec4i>(c10), bitcast<vec4i>(d10), bitcast<vec4i>(a11), bitcast<vec4i>(b11), bitcast<vec4i>(c11), bitcast<vec4i>(d11), bitcast<vec4i>(a12), bitcast<vec4i>(b12), bitcast<vec4i>(c12), bitcast<vec4i>(d12), bitcast<vec4i>(a13), bitcast<vec4i>(b13), bitcast<vec4i>(c13), bitcast<vec4i>(d13), bitcast<vec4i>(a14), bitcast<vec4i>(b14), bitcast<vec4i>(c14), bitcast<vec4i>(d14), bitcast<vec4i>(a15), bitcast<vec4i>(b15), bitcast<vec4i>(c15), bitcast<vec4i>(d15), bitcast<vec4i>(a16), bitcast<vec4i>(b16), bitcast<vec4i>(c16), bitcast<vec4i>(d16), bitcast<vec4i>(a17), bitcast<vec4i>(b17), bitcast<vec4i>(c17), bitcast<vec4i>(d17), bitcast<vec4i>(a18), bitcast<vec4i>(b18), bitcast<vec4i>(c18), bitcast<vec4i>(d18), bitcast<vec4i>(a19), bitcast<vec4i>(b19), bitcast<vec4i>(c19), bitcast<vec4i>(d19), bitcast<vec4i>(a20), bitcast<vec4i>(b20), bitcast<vec4i>(c20), bitcast<vec4i>(d20), bitcast<vec4i>(a21), bitcast<vec4i>(b21), bitcast<vec4i>(c21), bitcast<vec4i>(d21), bitcast<vec4i>(a22), bitcast<vec4i>(b22), bitcast<vec4i>(c22), bitcast<vec4i>(d22), bitcast<vec4i>(a23), bitcast<vec4i>(b23), bitcast<vec4i>(c23), bitcast<vec4i>(d23), bitcast<vec4i>(a24), bitcast<vec4i>(b24), bitcast<vec4i>(c24), bitcast<vec4i>(d24), bitcast<vec4i>(a25), bitcast<vec4i>(b25), bitcast<vec4i>(c25), bitcast<vec4i>(d25), bitcast<vec4i>(a26), bitcast<vec4i>(b26), bitcast<vec4i>(c26), bitcast<vec4i>(d26), bitcast<vec4i>(a27), bitcast<vec4i>(b27), bitcast<vec4i>(c27), bitcast<vec4i>(d27), bitcast<vec4i>(a28), bitcast<vec4i>(b28), bitcast<vec4i>(c28), bitcast<vec4i>(d28), bitcast<vec4i>(a29), bitcast<vec4i>(b29), bitcast<vec4i>(c29), bitcast<vec4i>(d29), bitcast<vec4i>(a30), bitcast<vec4i>(b30), bitcast<vec4i>(c30), bitcast<vec4i>(d30), bitcast<vec4i>(a31), bitcast<vec4i>(b31), bitcast<vec4i>(c31), bitcast<vec4i>(d31), bitcast<vec4i>(a32), bitcast<vec4i>(b32), bitcast<vec4i>(c32), bitcast<vec4i>(d32));
      block.row_sums = array<i32, 33>(bitcast<i32>(s0), bitcast<i32>(s1), bitcast<i32>(s2), bitcast<i32>(s3), bitcast<i32>(s4), bitcast<i32>(s5), bitcast<i32>(s6), bitcast<i32>(s7), bitcast<i32>(s8), bitcast<i32>(s9), bitcast<i32>(s10), bitcast<i32>(s11), bitcast<i32>(s12), bitcast<i32>(s13), bitcast<i32>(s14), bitcast<i32>(s15), bitcast<i32>(s16), bitcast<i32>(s17), bitcast<i32>(s18), bitcast<i32>(s19), bitcast<i32>(s20), bitcast<i32>(s21), bitcast<i32>(s22), bitcast<i32>(s23), bitcast<i32>(s24), bitcast<i32>(s25), bitcast<i32>(s26), bitcast<i32>(s27), bitcast<i32>(s28), bitcast<i32>(s29), bitcast<i32>(s30), bitcast<i32>(s31), bitcast<i32>(s32));
    }
  }
  return block;
}

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own_lane: u32) {
  lane = own_lane;
  // Blocks that do not exist are computed too: a swap needs its whole quad.
  gemm_codes_blocks(id, gemm_codes_group4());
}
