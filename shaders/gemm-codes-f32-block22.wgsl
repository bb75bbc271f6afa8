// gemm-codes-f32 in register blocks of 22 rows x 16 columns per invocation: the same arguments, the same words.
//include lib/gemm-codes-f32-layer.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-weights.wgsl
//include lib/quads.wgsl
const BLOCK_ROWS = 22u;
const BLOCK_COLUMNS4 = 4u;

// The words that hold columns 0-3, 4-7, 8-11 and 12-15 of the tile for one k, each shifted so that its first column is lowest.
fn gemm_codes_words(base: u32) -> vec4u {
  if (CONTAINER == 8u) { return vec4u(weight[base], weight[base + 1u], weight[base + 2u], weight[base + 3u]); }
  let low = weight[base];
  if (CONTAINER == 4u) { let high = weight[base + 1u]; return vec4u(low, low >> 16u, high, high >> 16u); }
  return vec4u(low, low >> 8u, low >> 16u, low >> 24u);
}

struct GemmCodesBlock {
  sums: array<vec4i, 88>, // of row r and quad c of columns at 4 r + c
  row_sums: array<i32, 22>,
}

fn gemm_codes_block(row: u32, column4: u32, from4: u32, to4: u32) -> GemmCodesBlock {
  let x0 = gemm_rows_base(row + 0u);
  let x1 = gemm_rows_base(row + 1u);
  let x2 = gemm_rows_base(row + 2u);
  let x3 = gemm_rows_base(row + 3u);
  let x4 = gemm_rows_base(row + 4u);
  let x5 = gemm_rows_base(row + 5u);
  let x6 = gemm_rows_base(row + 6u);
  let x7 = gemm_rows_base(row + 7u);
  let x8 = gemm_rows_base(row + 8u);
  let x9 = gemm_rows_base(row + 9u);
  let x10 = gemm_rows_base(row + 10u);
  let x11 = gemm_rows_base(row + 11u);
  let x12 = gemm_rows_base(row + 12u);
  let x13 = gemm_rows_base(row + 13u);
  let x14 = gemm_rows_base(row + 14u);
  let x15 = gemm_rows_base(row + 15u);
  let x16 = gemm_rows_base(row + 16u);
  let x17 = gemm_rows_base(row + 17u);
  let x18 = gemm_rows_base(row + 18u);
  let x19 = gemm_rows_base(row + 19u);
  let x20 = gemm_rows_base(row + 20u);
  let x21 = gemm_rows_base(row + 21u);
  var w = column4 * 4u * CONTAINER / 32u + 4u * from4 * params.weight_stride;
  let stride = params.weight_stride;
  let chunk4 = select(to4 - from4, params.chunk4, CHUNKED);
  var block = GemmCodesBlock();
  for (var start = from4; start < to4; start += chunk4) {
    var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0); var s0 = 0.0;
    var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0); var s1 = 0.0;
    var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0); var s2 = 0.0;
    var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0); var s3 = 0.0;
    var a4 = vec4f(0.0); var b4 = vec4f(0.0); var c4 = vec4f(0.0); var d4 = vec4f(0.0); var s4 = 0.0;
    var a5 = vec4f(0.0); var b5 = vec4f(0.0); var c5 = vec4f(0.0); var d5 = vec4f(0.0); var s5 = 0.0;
    var a6 = vec4f(0.0); var b6 = vec4f(0.0); var c6 = vec4f(0.0); var d6 = vec4f(0.0); var s6 = 0.0;
    var a7 = vec4f(0.0); var b7 = vec4f(0.0); var c7 = vec4f(0.0); var d7 = vec4f(0.0); var s7 = 0.0;
    var a8 = vec4f(0.0); var b8 = vec4f(0.0); var c8 = vec4f(0.0); var d8 = vec4f(0.0); var s8 = 0.0;
    var a9 = vec4f(0.0); var b9 = vec4f(0.0); var c9 = vec4f(0.0); var d9 = vec4f(0.0); var s9 = 0.0;
    var a10 = vec4f(0.0); var b10 = vec4f(0.0); var c10 = vec4f(0.0); var d10 = vec4f(0.0); var s10 = 0.0;
    var a11 = vec4f(0.0); var b11 = vec4f(0.0); var c11 = vec4f(0.0); var d11 = vec4f(0.0); var s11 = 0.0;
    var a12 = vec4f(0.0); var b12 = vec4f(0.0); var c12 = vec4f(0.0); var d12 = vec4f(0.0); var s12 = 0.0;
    var a13 = vec4f(0.0); var b13 = vec4f(0.0); var c13 = vec4f(0.0); var d13 = vec4f(0.0); var s13 = 0.0;
    var a14 = vec4f(0.0); var b14 = vec4f(0.0); var c14 = vec4f(0.0); var d14 = vec4f(0.0); var s14 = 0.0;
    var a15 = vec4f(0.0); var b15 = vec4f(0.0); var c15 = vec4f(0.0); var d15 = vec4f(0.0); var s15 = 0.0;
    var a16 = vec4f(0.0); var b16 = vec4f(0.0); var c16 = vec4f(0.0); var d16 = vec4f(0.0); var s16 = 0.0;
    var a17 = vec4f(0.0); var b17 = vec4f(0.0); var c17 = vec4f(0.0); var d17 = vec4f(0.0); var s17 = 0.0;
    var a18 = vec4f(0.0); var b18 = vec4f(0.0); var c18 = vec4f(0.0); var d18 = vec4f(0.0); var s18 = 0.0;
    var a19 = vec4f(0.0); var b19 = vec4f(0.0); var c19 = vec4f(0.0); var d19 = vec4f(0.0); var s19 = 0.0;
    var a20 = vec4f(0.0); var b20 = vec4f(0.0); var c20 = vec4f(0.0); var d20 = vec4f(0.0); var s20 = 0.0;
    var a21 = vec4f(0.0); var b21 = vec4f(0.0); var c21 = vec4f(0.0); var d21 = vec4f(0.0); var s21 = 0.0;
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
      let v1 = gemm_codes_x(1u, x1, k); s1 += v1.x + v1.y + v1.z + v1.w;
      a1 = quads_madd(a1, e0, e1, e2, e3, v1); b1 = quads_madd(b1, f0, f1, f2, f3, v1); c1 = quads_madd(c1, g0, g1, g2, g3, v1); d1 = quads_madd(d1, h0, h1, h2, h3, v1);
      let v2 = gemm_codes_x(2u, x2, k); s2 += v2.x + v2.y + v2.z + v2.w;
      a2 = quads_madd(a2, e0, e1, e2, e3, v2); b2 = quads_madd(b2, f0, f1, f2, f3, v2); c2 = quads_madd(c2, g0, g1, g2, g3, v2); d2 = quads_madd(d2, h0, h1, h2, h3, v2);
      let v3 = gemm_codes_x(3u, x3, k); s3 += v3.x + v3.y + v3.z + v3.w;
      a3 = quads_madd(a3, e0, e1, e2, e3, v3); b3 = quads_madd(b3, f0, f1, f2, f3, v3); c3 = quads_madd(c3, g0, g1, g2, g3, v3); d3 = quads_madd(d3, h0, h1, h2, h3, v3);
      let v4 = gemm_codes_x(4u, x4, k); s4 += v4.x + v4.y + v4.z + v4.w;
      a4 = quads_madd(a4, e0, e1, e2, e3, v4); b4 = quads_madd(b4, f0, f1, f2, f3, v4); c4 = quads_madd(c4, g0, g1, g2, g3, v4); d4 = quads_madd(d4, h0, h1, h2, h3, v4);
      let v5 = gemm_codes_x(5u, x5, k); s5 += v5.x + v5.y + v5.z + v5.w;
      a5 = quads_madd(a5, e0, e1, e2, e3, v5); b5 = quads_madd(b5, f0, f1, f2, f3, v5); c5 = quads_madd(c5, g0, g1, g2, g3, v5); d5 = quads_madd(d5, h0, h1, h2, h3, v5);
      let v6 = gemm_codes_x(6u, x6, k); s6 += v6.x + v6.y + v6.z + v6.w;
      a6 = quads_madd(a6, e0, e1, e2, e3, v6); b6 = quads_madd(b6, f0, f1, f2, f3, v6); c6 = quads_madd(c6, g0, g1, g2, g3, v6); d6 = quads_madd(d6, h0, h1, h2, h3, v6);
      let v7 = gemm_codes_x(7u, x7, k); s7 += v7.x + v7.y + v7.z + v7.w;
      a7 = quads_madd(a7, e0, e1, e2, e3, v7); b7 = quads_madd(b7, f0, f1, f2, f3, v7); c7 = quads_madd(c7, g0, g1, g2, g3, v7); d7 = quads_madd(d7, h0, h1, h2, h3, v7);
      let v8 = gemm_codes_x(8u, x8, k); s8 += v8.x + v8.y + v8.z + v8.w;
      a8 = quads_madd(a8, e0, e1, e2, e3, v8); b8 = quads_madd(b8, f0, f1, f2, f3, v8); c8 = quads_madd(c8, g0, g1, g2, g3, v8); d8 = quads_madd(d8, h0, h1, h2, h3, v8);
      let v9 = gemm_codes_x(9u, x9, k); s9 += v9.x + v9.y + v9.z + v9.w;
      a9 = quads_madd(a9, e0, e1, e2, e3, v9); b9 = quads_madd(b9, f0, f1, f2, f3, v9); c9 = quads_madd(c9, g0, g1, g2, g3, v9); d9 = quads_madd(d9, h0, h1, h2, h3, v9);
      let v10 = gemm_codes_x(10u, x10, k); s10 += v10.x + v10.y + v10.z + v10.w;
      a10 = quads_madd(a10, e0, e1, e2, e3, v10); b10 = quads_madd(b10, f0, f1, f2, f3, v10); c10 = quads_madd(c10, g0, g1, g2, g3, v10); d10 = quads_madd(d10, h0, h1, h2, h3, v10);
      let v11 = gemm_codes_x(11u, x11, k); s11 += v11.x + v11.y + v11.z + v11.w;
      a11 = quads_madd(a11, e0, e1, e2, e3, v11); b11 = quads_madd(b11, f0, f1, f2, f3, v11); c11 = quads_madd(c11, g0, g1, g2, g3, v11); d11 = quads_madd(d11, h0, h1, h2, h3, v11);
      let v12 = gemm_codes_x(12u, x12, k); s12 += v12.x + v12.y + v12.z + v12.w;
      a12 = quads_madd(a12, e0, e1, e2, e3, v12); b12 = quads_madd(b12, f0, f1, f2, f3, v12); c12 = quads_madd(c12, g0, g1, g2, g3, v12); d12 = quads_madd(d12, h0, h1, h2, h3, v12);
      let v13 = gemm_codes_x(13u, x13, k); s13 += v13.x + v13.y + v13.z + v13.w;
      a13 = quads_madd(a13, e0, e1, e2, e3, v13); b13 = quads_madd(b13, f0, f1, f2, f3, v13); c13 = quads_madd(c13, g0, g1, g2, g3, v13); d13 = quads_madd(d13, h0, h1, h2, h3, v13);
      let v14 = gemm_codes_x(14u, x14, k); s14 += v14.x + v14.y + v14.z + v14.w;
      a14 = quads_madd(a14, e0, e1, e2, e3, v14); b14 = quads_madd(b14, f0, f1, f2, f3, v14); c14 = quads_madd(c14, g0, g1, g2, g3, v14); d14 = quads_madd(d14, h0, h1, h2, h3, v14);
      let v15 = gemm_codes_x(15u, x15, k); s15 += v15.x + v15.y + v15.z + v15.w;
      a15 = quads_madd(a15, e0, e1, e2, e3, v15); b15 = quads_madd(b15, f0, f1, f2, f3, v15); c15 = quads_madd(c15, g0, g1, g2, g3, v15); d15 = quads_madd(d15, h0, h1, h2, h3, v15);
      let v16 = gemm_codes_x(16u, x16, k); s16 += v16.x + v16.y + v16.z + v16.w;
      a16 = quads_madd(a16, e0, e1, e2, e3, v16); b16 = quads_madd(b16, f0, f1, f2, f3, v16); c16 = quads_madd(c16, g0, g1, g2, g3, v16); d16 = quads_madd(d16, h0, h1, h2, h3, v16);
      let v17 = gemm_codes_x(17u, x17, k); s17 += v17.x + v17.y + v17.z + v17.w;
      a17 = quads_madd(a17, e0, e1, e2, e3, v17); b17 = quads_madd(b17, f0, f1, f2, f3, v17); c17 = quads_madd(c17, g0, g1, g2, g3, v17); d17 = quads_madd(d17, h0, h1, h2, h3, v17);
      let v18 = gemm_codes_x(18u, x18, k); s18 += v18.x + v18.y + v18.z + v18.w;
      a18 = quads_madd(a18, e0, e1, e2, e3, v18); b18 = quads_madd(b18, f0, f1, f2, f3, v18); c18 = quads_madd(c18, g0, g1, g2, g3, v18); d18 = quads_madd(d18, h0, h1, h2, h3, v18);
      let v19 = gemm_codes_x(19u, x19, k); s19 += v19.x + v19.y + v19.z + v19.w;
      a19 = quads_madd(a19, e0, e1, e2, e3, v19); b19 = quads_madd(b19, f0, f1, f2, f3, v19); c19 = quads_madd(c19, g0, g1, g2, g3, v19); d19 = quads_madd(d19, h0, h1, h2, h3, v19);
      let v20 = gemm_codes_x(20u, x20, k); s20 += v20.x + v20.y + v20.z + v20.w;
      a20 = quads_madd(a20, e0, e1, e2, e3, v20); b20 = quads_madd(b20, f0, f1, f2, f3, v20); c20 = quads_madd(c20, g0, g1, g2, g3, v20); d20 = quads_madd(d20, h0, h1, h2, h3, v20);
      let v21 = gemm_codes_x(21u, x21, k); s21 += v21.x + v21.y + v21.z + v21.w;
      a21 = quads_madd(a21, e0, e1, e2, e3, v21); b21 = quads_madd(b21, f0, f1, f2, f3, v21); c21 = quads_madd(c21, g0, g1, g2, g3, v21); d21 = quads_madd(d21, h0, h1, h2, h3, v21);
    }
    var sums = array<vec4f, 88>(a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3, a4, b4, c4, d4, a5, b5, c5, d5, a6, b6, c6, d6, a7, b7, c7, d7, a8, b8, c8, d8, a9, b9, c9, d9, a10, b10, c10, d10, a11, b11, c11, d11, a12, b12, c12, d12, a13, b13, c13, d13, a14, b14, c14, d14, a15, b15, c15, d15, a16, b16, c16, d16, a17, b17, c17, d17, a18, b18, c18, d18, a19, b19, c19, d19, a20, b20, c20, d20, a21, b21, c21, d21);
    var row_sums = array<f32, 22>(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21);
    for (var t = 0u; t < 88u; t++) { block.sums[t] += vec4i(sums[t]); }
    for (var r = 0u; r < 22u; r++) { block.row_sums[r] += i32(row_sums[r]); }
  }
  return block;
}

@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (gemm_codes_blocks_exists(id)) { gemm_codes_blocks(id, gemm_codes_group4()); }
}
