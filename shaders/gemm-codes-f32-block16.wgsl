// Integer GEMM from packed codes, executed on f32 multiply-adds: every product and partial sum is an integer below 2^24, hence exact.
// x: u8 codes, four per u32 along K; LEVELS: code c stands for the integer levels[c] instead of itself.
// weight: codes in CONTAINER bits, packed along columns: word (k, n * CONTAINER / 32), k-major.
// Where K (2^bx - 1)(2^bw - 1) >= 2^24 the sum is cut into chunks of chunk4 * 4 (CHUNKED) whose exact parts are added as i32.
// Per column n: column_f = (x_scale * weight_scale, bias, 1 / out_scale, out_zero_point), column_i = (weight_zero_point, constant, out_code_max, 0) with
// constant = K * x_zero * w_zero - x_zero * sum_k w; exact = sum_k x w - w_zero * sum_k x + constant equals sum_k (x - x_zero)(w - w_zero).
// TOKENS: row_table = (x_scale, x_zero) of the rows of x, repeated every row_period; column_f.x is weight_scale and column_i.y = K * w_zero - sum_k w.
// GROUPED: K is cut into groups of group4 quads, each with its own columns (x, x, y of group g at g * 4 * columns4 + n); their products are added in order.
// v = fma(exact, scale, bias), group by group; then GELU, residual, or codes clamp(round(v / out_scale) + out_zero, 0, max), four per u32.
// Register block of 16 rows x 16 columns per invocation; the same arguments as gemm-codes-f32.
// Padded columns have scale, bias and max 0, so that their codes are 0 and drop out of the next product.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/gemm-codes.wgsl
//include lib/gemm-weights.wgsl
//include lib/quads.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, chunk4: u32,
  row_period: u32, group4: u32,
}
override GELU: u32 = 0; // 0: none, 1: erf, 2: tanh
override RESIDUAL: bool = false;
override QUANTIZE: bool = false;
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
override CHUNKED: bool = false;
override LEVELS: bool = false;
override TOKENS: bool = false;
override GROUPED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(4) var<storage, read> column_i: array<vec4i>;
@group(0) @binding(5) var<storage, read> residual: array<vec4u>;
@group(0) @binding(6) var<storage, read> levels: array<f32>;
@group(0) @binding(7) var<storage, read> row_table: array<vec2f>;
@group(0) @binding(8) var<storage, read_write> y: array<u32>;

fn x_quad(at: u32) -> vec4f {
  let word = x[at];
  if (LEVELS) { return vec4f(levels[word & 255u], levels[(word >> 8u) & 255u], levels[(word >> 16u) & 255u], levels[word >> 24u]); }
  return codes_unpack(word);
}

// The words that hold columns 0-3, 4-7, 8-11 and 12-15 of the tile for one k, each shifted so that its first column is lowest.
fn tile_words(base: u32) -> vec4u {
  if (CONTAINER == 8u) { return vec4u(weight[base], weight[base + 1u], weight[base + 2u], weight[base + 3u]); }
  let low = weight[base];
  if (CONTAINER == 4u) { let high = weight[base + 1u]; return vec4u(low, low >> 16u, high, high >> 16u); }
  return vec4u(low, low >> 8u, low >> 16u, low >> 24u);
}

@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 4u;
  let row = id.y * 16u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let x0 = gemm_codes_x_base(row + 0u); var s0 = 0.0; var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0);
  let x1 = gemm_codes_x_base(row + 1u); var s1 = 0.0; var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0);
  let x2 = gemm_codes_x_base(row + 2u); var s2 = 0.0; var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0);
  let x3 = gemm_codes_x_base(row + 3u); var s3 = 0.0; var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0);
  let x4 = gemm_codes_x_base(row + 4u); var s4 = 0.0; var a4 = vec4f(0.0); var b4 = vec4f(0.0); var c4 = vec4f(0.0); var d4 = vec4f(0.0);
  let x5 = gemm_codes_x_base(row + 5u); var s5 = 0.0; var a5 = vec4f(0.0); var b5 = vec4f(0.0); var c5 = vec4f(0.0); var d5 = vec4f(0.0);
  let x6 = gemm_codes_x_base(row + 6u); var s6 = 0.0; var a6 = vec4f(0.0); var b6 = vec4f(0.0); var c6 = vec4f(0.0); var d6 = vec4f(0.0);
  let x7 = gemm_codes_x_base(row + 7u); var s7 = 0.0; var a7 = vec4f(0.0); var b7 = vec4f(0.0); var c7 = vec4f(0.0); var d7 = vec4f(0.0);
  let x8 = gemm_codes_x_base(row + 8u); var s8 = 0.0; var a8 = vec4f(0.0); var b8 = vec4f(0.0); var c8 = vec4f(0.0); var d8 = vec4f(0.0);
  let x9 = gemm_codes_x_base(row + 9u); var s9 = 0.0; var a9 = vec4f(0.0); var b9 = vec4f(0.0); var c9 = vec4f(0.0); var d9 = vec4f(0.0);
  let x10 = gemm_codes_x_base(row + 10u); var s10 = 0.0; var a10 = vec4f(0.0); var b10 = vec4f(0.0); var c10 = vec4f(0.0); var d10 = vec4f(0.0);
  let x11 = gemm_codes_x_base(row + 11u); var s11 = 0.0; var a11 = vec4f(0.0); var b11 = vec4f(0.0); var c11 = vec4f(0.0); var d11 = vec4f(0.0);
  let x12 = gemm_codes_x_base(row + 12u); var s12 = 0.0; var a12 = vec4f(0.0); var b12 = vec4f(0.0); var c12 = vec4f(0.0); var d12 = vec4f(0.0);
  let x13 = gemm_codes_x_base(row + 13u); var s13 = 0.0; var a13 = vec4f(0.0); var b13 = vec4f(0.0); var c13 = vec4f(0.0); var d13 = vec4f(0.0);
  let x14 = gemm_codes_x_base(row + 14u); var s14 = 0.0; var a14 = vec4f(0.0); var b14 = vec4f(0.0); var c14 = vec4f(0.0); var d14 = vec4f(0.0);
  let x15 = gemm_codes_x_base(row + 15u); var s15 = 0.0; var a15 = vec4f(0.0); var b15 = vec4f(0.0); var c15 = vec4f(0.0); var d15 = vec4f(0.0);
  // Weights are padded to a multiple of 16 columns, so that a tile starts at a whole word.
  var w = column4 * CONTAINER / 8u;
  let stride = params.weight_stride;
  var k = 0u;
  var totals = array<vec4i, 64>();
  var values = array<vec4f, 64>();
  var group = 0u;
  var group_end = select(params.depth4, params.group4, GROUPED);
  while (k < params.depth4) {
    let end = select(group_end, min(group_end, k + params.chunk4), CHUNKED);
    for (; k < end; k++) {
      let w0 = tile_words(w); let w1 = tile_words(w + stride); let w2 = tile_words(w + 2u * stride); let w3 = tile_words(w + 3u * stride);
      w += 4u * stride;
      let e0 = gemm_weights_columns(w0.x); let e1 = gemm_weights_columns(w1.x); let e2 = gemm_weights_columns(w2.x); let e3 = gemm_weights_columns(w3.x);
      let f0 = gemm_weights_columns(w0.y); let f1 = gemm_weights_columns(w1.y); let f2 = gemm_weights_columns(w2.y); let f3 = gemm_weights_columns(w3.y);
      let g0 = gemm_weights_columns(w0.z); let g1 = gemm_weights_columns(w1.z); let g2 = gemm_weights_columns(w2.z); let g3 = gemm_weights_columns(w3.z);
      let h0 = gemm_weights_columns(w0.w); let h1 = gemm_weights_columns(w1.w); let h2 = gemm_weights_columns(w2.w); let h3 = gemm_weights_columns(w3.w);
      let v0 = x_quad(x0 + k); s0 += v0.x + v0.y + v0.z + v0.w;
      a0 = quads_madd(a0, e0, e1, e2, e3, v0); b0 = quads_madd(b0, f0, f1, f2, f3, v0); c0 = quads_madd(c0, g0, g1, g2, g3, v0); d0 = quads_madd(d0, h0, h1, h2, h3, v0);
      let v1 = x_quad(x1 + k); s1 += v1.x + v1.y + v1.z + v1.w;
      a1 = quads_madd(a1, e0, e1, e2, e3, v1); b1 = quads_madd(b1, f0, f1, f2, f3, v1); c1 = quads_madd(c1, g0, g1, g2, g3, v1); d1 = quads_madd(d1, h0, h1, h2, h3, v1);
      let v2 = x_quad(x2 + k); s2 += v2.x + v2.y + v2.z + v2.w;
      a2 = quads_madd(a2, e0, e1, e2, e3, v2); b2 = quads_madd(b2, f0, f1, f2, f3, v2); c2 = quads_madd(c2, g0, g1, g2, g3, v2); d2 = quads_madd(d2, h0, h1, h2, h3, v2);
      let v3 = x_quad(x3 + k); s3 += v3.x + v3.y + v3.z + v3.w;
      a3 = quads_madd(a3, e0, e1, e2, e3, v3); b3 = quads_madd(b3, f0, f1, f2, f3, v3); c3 = quads_madd(c3, g0, g1, g2, g3, v3); d3 = quads_madd(d3, h0, h1, h2, h3, v3);
      let v4 = x_quad(x4 + k); s4 += v4.x + v4.y + v4.z + v4.w;
      a4 = quads_madd(a4, e0, e1, e2, e3, v4); b4 = quads_madd(b4, f0, f1, f2, f3, v4); c4 = quads_madd(c4, g0, g1, g2, g3, v4); d4 = quads_madd(d4, h0, h1, h2, h3, v4);
      let v5 = x_quad(x5 + k); s5 += v5.x + v5.y + v5.z + v5.w;
      a5 = quads_madd(a5, e0, e1, e2, e3, v5); b5 = quads_madd(b5, f0, f1, f2, f3, v5); c5 = quads_madd(c5, g0, g1, g2, g3, v5); d5 = quads_madd(d5, h0, h1, h2, h3, v5);
      let v6 = x_quad(x6 + k); s6 += v6.x + v6.y + v6.z + v6.w;
      a6 = quads_madd(a6, e0, e1, e2, e3, v6); b6 = quads_madd(b6, f0, f1, f2, f3, v6); c6 = quads_madd(c6, g0, g1, g2, g3, v6); d6 = quads_madd(d6, h0, h1, h2, h3, v6);
      let v7 = x_quad(x7 + k); s7 += v7.x + v7.y + v7.z + v7.w;
      a7 = quads_madd(a7, e0, e1, e2, e3, v7); b7 = quads_madd(b7, f0, f1, f2, f3, v7); c7 = quads_madd(c7, g0, g1, g2, g3, v7); d7 = quads_madd(d7, h0, h1, h2, h3, v7);
      let v8 = x_quad(x8 + k); s8 += v8.x + v8.y + v8.z + v8.w;
      a8 = quads_madd(a8, e0, e1, e2, e3, v8); b8 = quads_madd(b8, f0, f1, f2, f3, v8); c8 = quads_madd(c8, g0, g1, g2, g3, v8); d8 = quads_madd(d8, h0, h1, h2, h3, v8);
      let v9 = x_quad(x9 + k); s9 += v9.x + v9.y + v9.z + v9.w;
      a9 = quads_madd(a9, e0, e1, e2, e3, v9); b9 = quads_madd(b9, f0, f1, f2, f3, v9); c9 = quads_madd(c9, g0, g1, g2, g3, v9); d9 = quads_madd(d9, h0, h1, h2, h3, v9);
      let v10 = x_quad(x10 + k); s10 += v10.x + v10.y + v10.z + v10.w;
      a10 = quads_madd(a10, e0, e1, e2, e3, v10); b10 = quads_madd(b10, f0, f1, f2, f3, v10); c10 = quads_madd(c10, g0, g1, g2, g3, v10); d10 = quads_madd(d10, h0, h1, h2, h3, v10);
      let v11 = x_quad(x11 + k); s11 += v11.x + v11.y + v11.z + v11.w;
      a11 = quads_madd(a11, e0, e1, e2, e3, v11); b11 = quads_madd(b11, f0, f1, f2, f3, v11); c11 = quads_madd(c11, g0, g1, g2, g3, v11); d11 = quads_madd(d11, h0, h1, h2, h3, v11);
      let v12 = x_quad(x12 + k); s12 += v12.x + v12.y + v12.z + v12.w;
      a12 = quads_madd(a12, e0, e1, e2, e3, v12); b12 = quads_madd(b12, f0, f1, f2, f3, v12); c12 = quads_madd(c12, g0, g1, g2, g3, v12); d12 = quads_madd(d12, h0, h1, h2, h3, v12);
      let v13 = x_quad(x13 + k); s13 += v13.x + v13.y + v13.z + v13.w;
      a13 = quads_madd(a13, e0, e1, e2, e3, v13); b13 = quads_madd(b13, f0, f1, f2, f3, v13); c13 = quads_madd(c13, g0, g1, g2, g3, v13); d13 = quads_madd(d13, h0, h1, h2, h3, v13);
      let v14 = x_quad(x14 + k); s14 += v14.x + v14.y + v14.z + v14.w;
      a14 = quads_madd(a14, e0, e1, e2, e3, v14); b14 = quads_madd(b14, f0, f1, f2, f3, v14); c14 = quads_madd(c14, g0, g1, g2, g3, v14); d14 = quads_madd(d14, h0, h1, h2, h3, v14);
      let v15 = x_quad(x15 + k); s15 += v15.x + v15.y + v15.z + v15.w;
      a15 = quads_madd(a15, e0, e1, e2, e3, v15); b15 = quads_madd(b15, f0, f1, f2, f3, v15); c15 = quads_madd(c15, g0, g1, g2, g3, v15); d15 = quads_madd(d15, h0, h1, h2, h3, v15);
    }
    if (CHUNKED || GROUPED) {
      var sums = array<vec4f, 64>(a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3, a4, b4, c4, d4, a5, b5, c5, d5, a6, b6, c6, d6, a7, b7, c7, d7, a8, b8, c8, d8, a9, b9, c9, d9, a10, b10, c10, d10, a11, b11, c11, d11, a12, b12, c12, d12, a13, b13, c13, d13, a14, b14, c14, d14, a15, b15, c15, d15);
      for (var t = 0u; t < 64u; t++) { totals[t] += vec4i(sums[t]); }
      a0 = vec4f(0.0); b0 = vec4f(0.0); c0 = vec4f(0.0); d0 = vec4f(0.0);
      a1 = vec4f(0.0); b1 = vec4f(0.0); c1 = vec4f(0.0); d1 = vec4f(0.0);
      a2 = vec4f(0.0); b2 = vec4f(0.0); c2 = vec4f(0.0); d2 = vec4f(0.0);
      a3 = vec4f(0.0); b3 = vec4f(0.0); c3 = vec4f(0.0); d3 = vec4f(0.0);
      a4 = vec4f(0.0); b4 = vec4f(0.0); c4 = vec4f(0.0); d4 = vec4f(0.0);
      a5 = vec4f(0.0); b5 = vec4f(0.0); c5 = vec4f(0.0); d5 = vec4f(0.0);
      a6 = vec4f(0.0); b6 = vec4f(0.0); c6 = vec4f(0.0); d6 = vec4f(0.0);
      a7 = vec4f(0.0); b7 = vec4f(0.0); c7 = vec4f(0.0); d7 = vec4f(0.0);
      a8 = vec4f(0.0); b8 = vec4f(0.0); c8 = vec4f(0.0); d8 = vec4f(0.0);
      a9 = vec4f(0.0); b9 = vec4f(0.0); c9 = vec4f(0.0); d9 = vec4f(0.0);
      a10 = vec4f(0.0); b10 = vec4f(0.0); c10 = vec4f(0.0); d10 = vec4f(0.0);
      a11 = vec4f(0.0); b11 = vec4f(0.0); c11 = vec4f(0.0); d11 = vec4f(0.0);
      a12 = vec4f(0.0); b12 = vec4f(0.0); c12 = vec4f(0.0); d12 = vec4f(0.0);
      a13 = vec4f(0.0); b13 = vec4f(0.0); c13 = vec4f(0.0); d13 = vec4f(0.0);
      a14 = vec4f(0.0); b14 = vec4f(0.0); c14 = vec4f(0.0); d14 = vec4f(0.0);
      a15 = vec4f(0.0); b15 = vec4f(0.0); c15 = vec4f(0.0); d15 = vec4f(0.0);
    }
    if (GROUPED && k == group_end) {
      var row_sums = array<i32, 16>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7), i32(s8), i32(s9), i32(s10), i32(s11), i32(s12), i32(s13), i32(s14), i32(s15));
      for (var c = 0u; c < 4u && column4 + c < params.columns4; c++) {
        let columns = gemm_codes_columns(column4 + c, group);
        for (var r = 0u; r < 16u; r++) {
          let t = 4u * r + c;
          let before = select(values[t], columns.bias, group == 0u);
          values[t] = gemm_codes_part(row + r, columns, totals[t], row_sums[r], before);
          totals[t] = vec4i(0);
        }
      }
      s0 = 0.0; s1 = 0.0; s2 = 0.0; s3 = 0.0; s4 = 0.0; s5 = 0.0; s6 = 0.0; s7 = 0.0;
      s8 = 0.0; s9 = 0.0; s10 = 0.0; s11 = 0.0; s12 = 0.0; s13 = 0.0; s14 = 0.0; s15 = 0.0;
      group++;
      group_end += params.group4;
    }
  }
  // Loops instead of a call per sum: the epilogue is compiled once, and reads the tables of a column once.
  var sums = array<vec4f, 64>(a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3, a4, b4, c4, d4, a5, b5, c5, d5, a6, b6, c6, d6, a7, b7, c7, d7, a8, b8, c8, d8, a9, b9, c9, d9, a10, b10, c10, d10, a11, b11, c11, d11, a12, b12, c12, d12, a13, b13, c13, d13, a14, b14, c14, d14, a15, b15, c15, d15);
  var row_sums = array<i32, 16>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7), i32(s8), i32(s9), i32(s10), i32(s11), i32(s12), i32(s13), i32(s14), i32(s15));
  for (var c = 0u; c < 4u && column4 + c < params.columns4; c++) {
    let columns = gemm_codes_columns(column4 + c, 0u);
    for (var r = 0u; r < 16u && row + r < params.rows; r++) {
      let t = 4u * r + c;
      var v = values[t];
      if (!GROUPED) { v = gemm_codes_part(row + r, columns, select(vec4i(sums[t]), totals[t], CHUNKED), row_sums[r], columns.bias); }
      gemm_codes_finish(row + r, column4 + c, columns, v);
    }
  }
}
