requires packed_4x8_integer_dot_product;
// Integer GEMM from packed codes on the packed integer dot product (dot4U8Packed), accumulated in 32 bits.
// x: u8 codes, four per u32 along K. weight: word (k / (32 / CONTAINER), n) holds 32 / CONTAINER codes along K, interleaved so that
// (word >> (CONTAINER * g)) & mask is the four codes k = 4g .. 4g+3 of the word, one per byte.
// Per column n: column_f = (x_scale * weight_scale, bias, 1 / out_scale, out_zero_point), column_i = (weight_zero_point, constant, out_code_max, 0) with
// constant = K * x_zero * w_zero - x_zero * sum_k w; exact = sum_k x w - w_zero * sum_k x + constant equals sum_k (x - x_zero)(w - w_zero).
// TOKENS: row_table = (x_scale, x_zero) of the rows of x, repeated every row_period; column_f.x is weight_scale and column_i.y = K * w_zero - sum_k w.
// Epilogue: fma(exact, scale, bias), then GELU, residual, or codes clamp(round(v / out_scale) + out_zero, 0, max), four per u32.
// Padded columns have scale, bias and max 0, so that their codes are 0 and drop out of the next product.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/gemm-codes.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, row_period: u32,
}
override GELU: u32 = 0; // 0: none, 1: erf, 2: tanh
override RESIDUAL: bool = false;
override QUANTIZE: bool = false;
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
override TOKENS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(4) var<storage, read> column_i: array<vec4i>;
@group(0) @binding(5) var<storage, read> residual: array<vec4u>;
@group(0) @binding(6) var<storage, read> row_table: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

fn dots(a: u32, b: vec4u) -> vec4u {
  return vec4u(dot4U8Packed(a, b.x), dot4U8Packed(a, b.y), dot4U8Packed(a, b.z), dot4U8Packed(a, b.w));
}

fn four_words(at: u32) -> vec4u {
  return vec4u(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let x0 = gemm_codes_x_base(row + 0u); var a0 = vec4u(0u); var b0 = vec4u(0u); var s0 = 0u;
  let x1 = gemm_codes_x_base(row + 1u); var a1 = vec4u(0u); var b1 = vec4u(0u); var s1 = 0u;
  let x2 = gemm_codes_x_base(row + 2u); var a2 = vec4u(0u); var b2 = vec4u(0u); var s2 = 0u;
  let x3 = gemm_codes_x_base(row + 3u); var a3 = vec4u(0u); var b3 = vec4u(0u); var s3 = 0u;
  let x4 = gemm_codes_x_base(row + 4u); var a4 = vec4u(0u); var b4 = vec4u(0u); var s4 = 0u;
  let x5 = gemm_codes_x_base(row + 5u); var a5 = vec4u(0u); var b5 = vec4u(0u); var s5 = 0u;
  let x6 = gemm_codes_x_base(row + 6u); var a6 = vec4u(0u); var b6 = vec4u(0u); var s6 = 0u;
  let x7 = gemm_codes_x_base(row + 7u); var a7 = vec4u(0u); var b7 = vec4u(0u); var s7 = 0u;
  let mask = select(select(0x03030303u, 0x0f0f0f0fu, CONTAINER == 4u), 0xffffffffu, CONTAINER == 8u);
  let groups = 8u / CONTAINER;
  var w = column4 * 4u;
  var k = 0u;
  while (k < params.depth4) {
    let p = four_words(w); let q = four_words(w + 4u);
    w += params.weight_stride;
    for (var g = 0u; g < groups && k < params.depth4; g++) {
      let pg = (p >> vec4u(CONTAINER * g)) & vec4u(mask);
      let qg = (q >> vec4u(CONTAINER * g)) & vec4u(mask);
      let v0 = x[x0 + k]; a0 += dots(v0, pg); b0 += dots(v0, qg); s0 += dot4U8Packed(v0, 0x01010101u);
      let v1 = x[x1 + k]; a1 += dots(v1, pg); b1 += dots(v1, qg); s1 += dot4U8Packed(v1, 0x01010101u);
      let v2 = x[x2 + k]; a2 += dots(v2, pg); b2 += dots(v2, qg); s2 += dot4U8Packed(v2, 0x01010101u);
      let v3 = x[x3 + k]; a3 += dots(v3, pg); b3 += dots(v3, qg); s3 += dot4U8Packed(v3, 0x01010101u);
      let v4 = x[x4 + k]; a4 += dots(v4, pg); b4 += dots(v4, qg); s4 += dot4U8Packed(v4, 0x01010101u);
      let v5 = x[x5 + k]; a5 += dots(v5, pg); b5 += dots(v5, qg); s5 += dot4U8Packed(v5, 0x01010101u);
      let v6 = x[x6 + k]; a6 += dots(v6, pg); b6 += dots(v6, qg); s6 += dot4U8Packed(v6, 0x01010101u);
      let v7 = x[x7 + k]; a7 += dots(v7, pg); b7 += dots(v7, qg); s7 += dot4U8Packed(v7, 0x01010101u);
      k++;
    }
  }
  // Loops instead of a call per sum: the epilogue is compiled once, and reads the tables of a column once.
  var sums = array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7));
  var row_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  for (var c = 0u; c < 2u && column4 + c < params.columns4; c++) {
    let columns = gemm_codes_columns(column4 + c, 0u);
    for (var r = 0u; r < 8u && row + r < params.rows; r++) {
      let v = gemm_codes_part(row + r, columns, sums[2u * r + c], row_sums[r], columns.bias);
      gemm_codes_finish(row + r, column4 + c, columns, v);
    }
  }
}
