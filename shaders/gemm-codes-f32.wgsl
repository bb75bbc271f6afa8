// Integer GEMM from packed codes, executed on f32 multiply-adds: every product and partial sum is an integer below 2^24, hence exact.
// x: u8 codes, four per u32 along K; LEVELS: code c stands for the integer levels[c] instead of itself.
// weight: codes in CONTAINER bits, packed along columns: word (k, n * CONTAINER / 32), k-major.
// Where K (2^bx - 1)(2^bw - 1) >= 2^24 the sum is cut into chunks of chunk4 * 4 (CHUNKED) whose exact parts are added as i32.
// Per column n: column_f = (x_scale * weight_scale, bias, 1 / out_scale, out_zero_point), column_i = (weight_zero_point, constant, out_code_max, 0) with
// constant = K * x_zero * w_zero - x_zero * sum_k w; exact = sum_k x w - w_zero * sum_k x + constant equals sum_k (x - x_zero)(w - w_zero).
// TOKENS: row_table = (x_scale, x_zero) of the rows of x, repeated every row_period; column_f.x is weight_scale and column_i.y = K * w_zero - sum_k w.
// GROUPED: K is cut into groups of group4 quads, each with its own columns (x, x, y of group g at g * 4 * columns4 + n); their products are added in order.
// v = fma(exact, scale, bias), group by group; then GELU, residual, or codes clamp(round(v / out_scale) + out_zero, 0, max), four per u32.
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

// The words that hold columns 0-3 and 4-7 of the tile for one k, shifted so that the first column is lowest.
fn tile_words(base: u32, shift: u32) -> vec2u {
  if (CONTAINER == 8u) { return vec2u(weight[base], weight[base + 1u]); }
  let word = weight[base] >> shift;
  return vec2u(word, word >> ((4u * CONTAINER) & 31u)); // masked: the branch for 8 never runs but is checked
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let x0 = gemm_codes_x_base(row + 0u); var a0 = vec4f(0.0); var b0 = vec4f(0.0); var s0 = 0.0; var ai0 = vec4i(0); var bi0 = vec4i(0);
  let x1 = gemm_codes_x_base(row + 1u); var a1 = vec4f(0.0); var b1 = vec4f(0.0); var s1 = 0.0; var ai1 = vec4i(0); var bi1 = vec4i(0);
  let x2 = gemm_codes_x_base(row + 2u); var a2 = vec4f(0.0); var b2 = vec4f(0.0); var s2 = 0.0; var ai2 = vec4i(0); var bi2 = vec4i(0);
  let x3 = gemm_codes_x_base(row + 3u); var a3 = vec4f(0.0); var b3 = vec4f(0.0); var s3 = 0.0; var ai3 = vec4i(0); var bi3 = vec4i(0);
  let x4 = gemm_codes_x_base(row + 4u); var a4 = vec4f(0.0); var b4 = vec4f(0.0); var s4 = 0.0; var ai4 = vec4i(0); var bi4 = vec4i(0);
  let x5 = gemm_codes_x_base(row + 5u); var a5 = vec4f(0.0); var b5 = vec4f(0.0); var s5 = 0.0; var ai5 = vec4i(0); var bi5 = vec4i(0);
  let x6 = gemm_codes_x_base(row + 6u); var a6 = vec4f(0.0); var b6 = vec4f(0.0); var s6 = 0.0; var ai6 = vec4i(0); var bi6 = vec4i(0);
  let x7 = gemm_codes_x_base(row + 7u); var a7 = vec4f(0.0); var b7 = vec4f(0.0); var s7 = 0.0; var ai7 = vec4i(0); var bi7 = vec4i(0);
  let bit = column4 * 4u * CONTAINER;
  let shift = bit % 32u;
  var w = bit / 32u;
  let stride = params.weight_stride;
  var k = 0u;
  var values = array<vec4f, 16>();
  var group = 0u;
  var group_end = select(params.depth4, params.group4, GROUPED);
  while (k < params.depth4) {
    let end = select(group_end, min(group_end, k + params.chunk4), CHUNKED);
    for (; k < end; k++) {
      let w0 = tile_words(w, shift); let w1 = tile_words(w + stride, shift);
      let w2 = tile_words(w + 2u * stride, shift); let w3 = tile_words(w + 3u * stride, shift);
      w += 4u * stride;
      let p0 = gemm_weights_columns(w0.x); let p1 = gemm_weights_columns(w1.x); let p2 = gemm_weights_columns(w2.x); let p3 = gemm_weights_columns(w3.x);
      let q0 = gemm_weights_columns(w0.y); let q1 = gemm_weights_columns(w1.y); let q2 = gemm_weights_columns(w2.y); let q3 = gemm_weights_columns(w3.y);
      let v0 = x_quad(x0 + k); a0 = quads_madd(a0, p0, p1, p2, p3, v0); b0 = quads_madd(b0, q0, q1, q2, q3, v0); s0 += v0.x + v0.y + v0.z + v0.w;
      let v1 = x_quad(x1 + k); a1 = quads_madd(a1, p0, p1, p2, p3, v1); b1 = quads_madd(b1, q0, q1, q2, q3, v1); s1 += v1.x + v1.y + v1.z + v1.w;
      let v2 = x_quad(x2 + k); a2 = quads_madd(a2, p0, p1, p2, p3, v2); b2 = quads_madd(b2, q0, q1, q2, q3, v2); s2 += v2.x + v2.y + v2.z + v2.w;
      let v3 = x_quad(x3 + k); a3 = quads_madd(a3, p0, p1, p2, p3, v3); b3 = quads_madd(b3, q0, q1, q2, q3, v3); s3 += v3.x + v3.y + v3.z + v3.w;
      let v4 = x_quad(x4 + k); a4 = quads_madd(a4, p0, p1, p2, p3, v4); b4 = quads_madd(b4, q0, q1, q2, q3, v4); s4 += v4.x + v4.y + v4.z + v4.w;
      let v5 = x_quad(x5 + k); a5 = quads_madd(a5, p0, p1, p2, p3, v5); b5 = quads_madd(b5, q0, q1, q2, q3, v5); s5 += v5.x + v5.y + v5.z + v5.w;
      let v6 = x_quad(x6 + k); a6 = quads_madd(a6, p0, p1, p2, p3, v6); b6 = quads_madd(b6, q0, q1, q2, q3, v6); s6 += v6.x + v6.y + v6.z + v6.w;
      let v7 = x_quad(x7 + k); a7 = quads_madd(a7, p0, p1, p2, p3, v7); b7 = quads_madd(b7, q0, q1, q2, q3, v7); s7 += v7.x + v7.y + v7.z + v7.w;
    }
    if (CHUNKED || GROUPED) {
      ai0 += vec4i(a0); bi0 += vec4i(b0); a0 = vec4f(0.0); b0 = vec4f(0.0);
      ai1 += vec4i(a1); bi1 += vec4i(b1); a1 = vec4f(0.0); b1 = vec4f(0.0);
      ai2 += vec4i(a2); bi2 += vec4i(b2); a2 = vec4f(0.0); b2 = vec4f(0.0);
      ai3 += vec4i(a3); bi3 += vec4i(b3); a3 = vec4f(0.0); b3 = vec4f(0.0);
      ai4 += vec4i(a4); bi4 += vec4i(b4); a4 = vec4f(0.0); b4 = vec4f(0.0);
      ai5 += vec4i(a5); bi5 += vec4i(b5); a5 = vec4f(0.0); b5 = vec4f(0.0);
      ai6 += vec4i(a6); bi6 += vec4i(b6); a6 = vec4f(0.0); b6 = vec4f(0.0);
      ai7 += vec4i(a7); bi7 += vec4i(b7); a7 = vec4f(0.0); b7 = vec4f(0.0);
    }
    if (GROUPED && k == group_end) {
      var sums = array<vec4i, 16>(ai0, bi0, ai1, bi1, ai2, bi2, ai3, bi3, ai4, bi4, ai5, bi5, ai6, bi6, ai7, bi7);
      var row_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
      for (var c = 0u; c < 2u && column4 + c < params.columns4; c++) {
        let columns = gemm_codes_columns(column4 + c, group);
        for (var r = 0u; r < 8u; r++) {
          let t = 2u * r + c;
          let before = select(values[t], columns.bias, group == 0u);
          values[t] = gemm_codes_part(row + r, columns, sums[t], row_sums[r], before);
        }
      }
      s0 = 0.0; ai0 = vec4i(0); bi0 = vec4i(0);
      s1 = 0.0; ai1 = vec4i(0); bi1 = vec4i(0);
      s2 = 0.0; ai2 = vec4i(0); bi2 = vec4i(0);
      s3 = 0.0; ai3 = vec4i(0); bi3 = vec4i(0);
      s4 = 0.0; ai4 = vec4i(0); bi4 = vec4i(0);
      s5 = 0.0; ai5 = vec4i(0); bi5 = vec4i(0);
      s6 = 0.0; ai6 = vec4i(0); bi6 = vec4i(0);
      s7 = 0.0; ai7 = vec4i(0); bi7 = vec4i(0);
      group++;
      group_end += params.group4;
    }
  }
  if (!CHUNKED && !GROUPED) {
    ai0 = vec4i(a0); bi0 = vec4i(b0);
    ai1 = vec4i(a1); bi1 = vec4i(b1);
    ai2 = vec4i(a2); bi2 = vec4i(b2);
    ai3 = vec4i(a3); bi3 = vec4i(b3);
    ai4 = vec4i(a4); bi4 = vec4i(b4);
    ai5 = vec4i(a5); bi5 = vec4i(b5);
    ai6 = vec4i(a6); bi6 = vec4i(b6);
    ai7 = vec4i(a7); bi7 = vec4i(b7);
  }
  // Loops instead of a call per sum: the epilogue is compiled once, and reads the tables of a column once.
  var sums = array<vec4i, 16>(ai0, bi0, ai1, bi1, ai2, bi2, ai3, bi3, ai4, bi4, ai5, bi5, ai6, bi6, ai7, bi7);
  var row_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  for (var c = 0u; c < 2u && column4 + c < params.columns4; c++) {
    let columns = gemm_codes_columns(column4 + c, 0u);
    for (var r = 0u; r < 8u && row + r < params.rows; r++) {
      let t = 2u * r + c;
      var v = values[t];
      if (!GROUPED) { v = gemm_codes_part(row + r, columns, sums[t], row_sums[r], columns.bias); }
      gemm_codes_finish(row + r, column4 + c, columns, v);
    }
  }
}
