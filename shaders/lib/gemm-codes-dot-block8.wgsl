// Packed dot products of a block of 8 rows x 8 columns in registers. The module declares `params` with weight_stride, weight, the constant
// CONTAINER, and gemm_codes_word(r, base, k): word k of row r of the block, which starts at base.
//include lib/gemm-codes-dot.wgsl
//include lib/gemm-rows.wgsl

struct GemmCodesBlock {
  sums: array<vec4i, 16>, // sum_k x w of row r and quad c of columns at 2 r + c
  row_sums: array<i32, 8>, // sum_k x
}
fn gemm_codes_sum(sum: vec4i) -> vec4i { return sum; }
fn gemm_codes_row_sum(sum: i32) -> i32 { return sum; }
fn gemm_codes_row(r: u32) -> u32 { return r; }

// Over the quads of K from from4, the first of a word of weights, up to to4.
fn gemm_codes_block(row: u32, column4: u32, from4: u32, to4: u32) -> GemmCodesBlock {
  let x0 = gemm_rows_base(row + 0u); var a0 = vec4u(0u); var b0 = vec4u(0u); var s0 = 0u;
  let x1 = gemm_rows_base(row + 1u); var a1 = vec4u(0u); var b1 = vec4u(0u); var s1 = 0u;
  let x2 = gemm_rows_base(row + 2u); var a2 = vec4u(0u); var b2 = vec4u(0u); var s2 = 0u;
  let x3 = gemm_rows_base(row + 3u); var a3 = vec4u(0u); var b3 = vec4u(0u); var s3 = 0u;
  let x4 = gemm_rows_base(row + 4u); var a4 = vec4u(0u); var b4 = vec4u(0u); var s4 = 0u;
  let x5 = gemm_rows_base(row + 5u); var a5 = vec4u(0u); var b5 = vec4u(0u); var s5 = 0u;
  let x6 = gemm_rows_base(row + 6u); var a6 = vec4u(0u); var b6 = vec4u(0u); var s6 = 0u;
  let x7 = gemm_rows_base(row + 7u); var a7 = vec4u(0u); var b7 = vec4u(0u); var s7 = 0u;
  let groups = 8u / CONTAINER;
  var k = from4;
  var w = column4 * 4u + (k / groups) * params.weight_stride;
  while (k < to4) {
    let p = gemm_codes_dot_words(w); let q = gemm_codes_dot_words(w + 4u);
    w += params.weight_stride;
    for (var g = 0u; g < groups && k < to4; g++) {
      let pg = gemm_codes_dot_group(p, g);
      let qg = gemm_codes_dot_group(q, g);
      let v0 = gemm_codes_word(0u, x0, k); a0 += dots_four(v0, pg); b0 += dots_four(v0, qg); s0 += dot4U8Packed(v0, 0x01010101u);
      let v1 = gemm_codes_word(1u, x1, k); a1 += dots_four(v1, pg); b1 += dots_four(v1, qg); s1 += dot4U8Packed(v1, 0x01010101u);
      let v2 = gemm_codes_word(2u, x2, k); a2 += dots_four(v2, pg); b2 += dots_four(v2, qg); s2 += dot4U8Packed(v2, 0x01010101u);
      let v3 = gemm_codes_word(3u, x3, k); a3 += dots_four(v3, pg); b3 += dots_four(v3, qg); s3 += dot4U8Packed(v3, 0x01010101u);
      let v4 = gemm_codes_word(4u, x4, k); a4 += dots_four(v4, pg); b4 += dots_four(v4, qg); s4 += dot4U8Packed(v4, 0x01010101u);
      let v5 = gemm_codes_word(5u, x5, k); a5 += dots_four(v5, pg); b5 += dots_four(v5, qg); s5 += dot4U8Packed(v5, 0x01010101u);
      let v6 = gemm_codes_word(6u, x6, k); a6 += dots_four(v6, pg); b6 += dots_four(v6, qg); s6 += dot4U8Packed(v6, 0x01010101u);
      let v7 = gemm_codes_word(7u, x7, k); a7 += dots_four(v7, pg); b7 += dots_four(v7, qg); s7 += dot4U8Packed(v7, 0x01010101u);
      k++;
    }
  }
  return GemmCodesBlock(
    array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7)),
    array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7)),
  );
}
