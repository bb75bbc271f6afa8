// f32 multiply-adds on integers, a block of 8 rows x 8 columns in registers: exact below 2^24, hence in chunks. The module declares `params` with weight_stride
// and chunk4, weight, the constants CONTAINER and CHUNKED, and gemm_codes_x(r, base, k): quad k of row r of the block, which starts at base.
//include lib/gemm-rows.wgsl
//include lib/gemm-weights.wgsl
//include lib/quads.wgsl

// The words that hold columns 0-3 and 4-7 of the tile for one k, shifted so that the first column is lowest.
fn gemm_codes_words(base: u32, shift: u32) -> vec2u {
  if (CONTAINER == 8u) { return vec2u(weight[base], weight[base + 1u]); }
  let word = weight[base] >> shift;
  return vec2u(word, word >> ((4u * CONTAINER) & 31u)); // masked: the branch for 8 never runs but is checked
}

struct GemmCodesBlock {
  sums: array<vec4i, 16>, // sum_k x w of row r and quad c of columns at 2 r + c
  row_sums: array<i32, 8>, // sum_k x
}
fn gemm_codes_sum(sum: vec4i) -> vec4i { return sum; }
fn gemm_codes_row_sum(sum: i32) -> i32 { return sum; }
fn gemm_codes_row(r: u32) -> u32 { return r; }

// Over the quads of K from from4 up to to4.
fn gemm_codes_block(row: u32, column4: u32, from4: u32, to4: u32) -> GemmCodesBlock {
  let x0 = gemm_rows_base(row + 0u);
  let x1 = gemm_rows_base(row + 1u);
  let x2 = gemm_rows_base(row + 2u);
  let x3 = gemm_rows_base(row + 3u);
  let x4 = gemm_rows_base(row + 4u);
  let x5 = gemm_rows_base(row + 5u);
  let x6 = gemm_rows_base(row + 6u);
  let x7 = gemm_rows_base(row + 7u);
  let bit = column4 * 4u * CONTAINER;
  let shift = bit % 32u;
  var w = bit / 32u + 4u * from4 * params.weight_stride;
  let stride = params.weight_stride;
  let chunk4 = select(to4 - from4, params.chunk4, CHUNKED);
  var block = GemmCodesBlock();
  for (var start = from4; start < to4; start += chunk4) {
    var a0 = vec4f(0.0); var b0 = vec4f(0.0); var s0 = 0.0;
    var a1 = vec4f(0.0); var b1 = vec4f(0.0); var s1 = 0.0;
    var a2 = vec4f(0.0); var b2 = vec4f(0.0); var s2 = 0.0;
    var a3 = vec4f(0.0); var b3 = vec4f(0.0); var s3 = 0.0;
    var a4 = vec4f(0.0); var b4 = vec4f(0.0); var s4 = 0.0;
    var a5 = vec4f(0.0); var b5 = vec4f(0.0); var s5 = 0.0;
    var a6 = vec4f(0.0); var b6 = vec4f(0.0); var s6 = 0.0;
    var a7 = vec4f(0.0); var b7 = vec4f(0.0); var s7 = 0.0;
    let end = min(start + chunk4, to4);
    for (var k = start; k < end; k++) {
      let w0 = gemm_codes_words(w, shift); let w1 = gemm_codes_words(w + stride, shift);
      let w2 = gemm_codes_words(w + 2u * stride, shift); let w3 = gemm_codes_words(w + 3u * stride, shift);
      w += 4u * stride;
      let p0 = gemm_weights_columns(w0.x); let p1 = gemm_weights_columns(w1.x); let p2 = gemm_weights_columns(w2.x); let p3 = gemm_weights_columns(w3.x);
      let q0 = gemm_weights_columns(w0.y); let q1 = gemm_weights_columns(w1.y); let q2 = gemm_weights_columns(w2.y); let q3 = gemm_weights_columns(w3.y);
      let v0 = gemm_codes_x(0u, x0, k); a0 = quads_madd(a0, p0, p1, p2, p3, v0); b0 = quads_madd(b0, q0, q1, q2, q3, v0); s0 += v0.x + v0.y + v0.z + v0.w;
      let v1 = gemm_codes_x(1u, x1, k); a1 = quads_madd(a1, p0, p1, p2, p3, v1); b1 = quads_madd(b1, q0, q1, q2, q3, v1); s1 += v1.x + v1.y + v1.z + v1.w;
      let v2 = gemm_codes_x(2u, x2, k); a2 = quads_madd(a2, p0, p1, p2, p3, v2); b2 = quads_madd(b2, q0, q1, q2, q3, v2); s2 += v2.x + v2.y + v2.z + v2.w;
      let v3 = gemm_codes_x(3u, x3, k); a3 = quads_madd(a3, p0, p1, p2, p3, v3); b3 = quads_madd(b3, q0, q1, q2, q3, v3); s3 += v3.x + v3.y + v3.z + v3.w;
      let v4 = gemm_codes_x(4u, x4, k); a4 = quads_madd(a4, p0, p1, p2, p3, v4); b4 = quads_madd(b4, q0, q1, q2, q3, v4); s4 += v4.x + v4.y + v4.z + v4.w;
      let v5 = gemm_codes_x(5u, x5, k); a5 = quads_madd(a5, p0, p1, p2, p3, v5); b5 = quads_madd(b5, q0, q1, q2, q3, v5); s5 += v5.x + v5.y + v5.z + v5.w;
      let v6 = gemm_codes_x(6u, x6, k); a6 = quads_madd(a6, p0, p1, p2, p3, v6); b6 = quads_madd(b6, q0, q1, q2, q3, v6); s6 += v6.x + v6.y + v6.z + v6.w;
      let v7 = gemm_codes_x(7u, x7, k); a7 = quads_madd(a7, p0, p1, p2, p3, v7); b7 = quads_madd(b7, q0, q1, q2, q3, v7); s7 += v7.x + v7.y + v7.z + v7.w;
    }
    var sums = array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
    var row_sums = array<f32, 8>(s0, s1, s2, s3, s4, s5, s6, s7);
    for (var t = 0u; t < 16u; t++) { block.sums[t] += vec4i(sums[t]); }
    for (var r = 0u; r < 8u; r++) { block.row_sums[r] += i32(row_sums[r]); }
  }
  return block;
}
