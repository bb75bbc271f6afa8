// Attention output in integers: y[b,i,h,c] = scale_c * sum_j level(p[b,h,i,j]) (v[b,j,h,c] - v_zero_c), p and v as u8 codes, 32-bit sums.
// SHIFT: level(c) = 2^-e(c) or sqrt(2) 2^-e(c): the value is shifted left and added to the even or the odd sum
// (one float multiplication by sqrt 2 per output, not per element). Otherwise level(c) is an integer from the table.
// levels[c]: SHIFT: shift | odd << 8 | used << 9 (unused: the code means 0); table: i32 bits.
// v_zero stays outside: sum level v - v_zero * sum level. Codes of probabilities past column N are ignored.
// columns: four vec4 per quad of columns: scale_p * scale_v, v_zero, inverse and zero of the output codes; all 0 in the padding, whose codes are 0.
// EXTRA 1: every level is larger by params.offset: offset * sum_j (v_j - v_zero) is added, a sum that all rows share.
// EXTRA 2: p holds (code, row scale, row maximum, its index) as softmax-demax writes them, the code of the maximum itself 0; the row's sum is
// row scale * sum_j code (v_j - v_zero) + maximum * (v_index - v_zero).
//include lib/codes.wgsl
struct Params {
  tokens: u32, heads: u32, head4: u32, p_stride4: u32, qkv_stride4: u32, value_offset4: u32, out_stride4: u32, images: u32,
  out_max: f32, offset: f32,
}
override SHIFT: bool = true;
override QUANTIZE: bool = true;
override EXTRA: u32 = 0; // 0: none, 1: offset, 2: DeMax

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<u32>;
@group(0) @binding(2) var<storage, read> qkv: array<u32>;
@group(0) @binding(3) var<storage, read> levels: array<u32>;
@group(0) @binding(4) var<storage, read> columns: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

fn bytes(word: u32) -> vec4i {
  return vec4i(vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u));
}

fn store(out_row: u32, at: u32, even: vec4i, odd: vec4i, even_level: i32, odd_level: i32, values: vec4i, p_row: u32, v_at: u32) {
  let v_zero = vec4i(columns[4u * at + 1u]);
  let exact_even = even - v_zero * even_level;
  let exact_odd = odd - v_zero * odd_level;
  var v = vec4f(exact_even);
  if (SHIFT) { v = fma(vec4f(exact_odd), vec4f(1.41421354), v); }
  if (EXTRA == 1u) { v = fma(vec4f(values - v_zero * i32(params.tokens)), vec4f(params.offset), v); }
  if (EXTRA == 2u) {
    let row_end = p_row + (params.tokens + 3u) / 4u;
    let peak = codes_unpack(qkv[v_at + p[row_end + 2u] * params.qkv_stride4]) - columns[4u * at + 1u];
    v = fma(vec4f(bitcast<f32>(p[row_end + 1u])), peak, v * bitcast<f32>(p[row_end]));
  }
  v = v * columns[4u * at];
  let word = out_row * params.out_stride4 + at;
  if (QUANTIZE) {
    y[word] = codes_pack(codes_encode(v, columns[4u * at + 2u], columns[4u * at + 3u], vec4f(params.out_max)));
  } else {
    let bits = bitcast<vec4u>(v);
    y[4u * word] = bits.x; y[4u * word + 1u] = bits.y; y[4u * word + 2u] = bits.z; y[4u * word + 3u] = bits.w;
  }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel4 = id.x * 2u;
  let row = id.y * 4u;
  if (row >= params.tokens || channel4 >= params.head4) { return; }
  let image = id.z / params.heads;
  let head = id.z % params.heads;
  let last = params.tokens - 1u;
  let pair = min(channel4 + 1u, params.head4 - 1u);
  let v_base = image * params.tokens * params.qkv_stride4 + params.value_offset4 + head * params.head4;
  let p_base = id.z * params.tokens;
  let key_quads = (params.tokens + 3u) / 4u;
  let r0 = (p_base + min(row + 0u, last)) * params.p_stride4;
  let r1 = (p_base + min(row + 1u, last)) * params.p_stride4;
  let r2 = (p_base + min(row + 2u, last)) * params.p_stride4;
  let r3 = (p_base + min(row + 3u, last)) * params.p_stride4;
  var a0 = vec4i(0); var b0 = vec4i(0); var c0 = vec4i(0); var d0 = vec4i(0); var e0 = 0; var o0 = 0;
  var a1 = vec4i(0); var b1 = vec4i(0); var c1 = vec4i(0); var d1 = vec4i(0); var e1 = 0; var o1 = 0;
  var a2 = vec4i(0); var b2 = vec4i(0); var c2 = vec4i(0); var d2 = vec4i(0); var e2 = 0; var o2 = 0;
  var a3 = vec4i(0); var b3 = vec4i(0); var c3 = vec4i(0); var d3 = vec4i(0); var e3 = 0; var o3 = 0;
  var values0 = vec4i(0); var values1 = vec4i(0);
  for (var j4 = 0u; j4 < key_quads; j4++) {
    let p0 = p[r0 + j4];
    let p1 = p[r1 + j4];
    let p2 = p[r2 + j4];
    let p3 = p[r3 + j4];
    let count = min(4u, params.tokens - 4u * j4);
    for (var lane = 0u; lane < count; lane++) {
      let v_at = v_base + (4u * j4 + lane) * params.qkv_stride4;
      let m = bytes(qkv[v_at + channel4]);
      let n = bytes(qkv[v_at + pair]);
      if (EXTRA == 1u) { values0 += m; values1 += n; }
      {
        let level = levels[(p0 >> (8u * lane)) & 255u];
        if (SHIFT) {
          let used = select(0i, -1i, (level & 512u) != 0u);
          let is_odd = select(0i, -1i, (level & 256u) != 0u);
          let shift = level & 31u;
          let one = (1i << shift) & used;
          let m_shifted = (m << vec4u(shift)) & vec4i(used);
          let n_shifted = (n << vec4u(shift)) & vec4i(used);
          a0 += m_shifted & vec4i(~is_odd); b0 += n_shifted & vec4i(~is_odd); e0 += one & ~is_odd;
          c0 += m_shifted & vec4i(is_odd); d0 += n_shifted & vec4i(is_odd); o0 += one & is_odd;
        } else {
          let weight = bitcast<i32>(level);
          a0 += m * weight; b0 += n * weight; e0 += weight;
        }
      }
      {
        let level = levels[(p1 >> (8u * lane)) & 255u];
        if (SHIFT) {
          let used = select(0i, -1i, (level & 512u) != 0u);
          let is_odd = select(0i, -1i, (level & 256u) != 0u);
          let shift = level & 31u;
          let one = (1i << shift) & used;
          let m_shifted = (m << vec4u(shift)) & vec4i(used);
          let n_shifted = (n << vec4u(shift)) & vec4i(used);
          a1 += m_shifted & vec4i(~is_odd); b1 += n_shifted & vec4i(~is_odd); e1 += one & ~is_odd;
          c1 += m_shifted & vec4i(is_odd); d1 += n_shifted & vec4i(is_odd); o1 += one & is_odd;
        } else {
          let weight = bitcast<i32>(level);
          a1 += m * weight; b1 += n * weight; e1 += weight;
        }
      }
      {
        let level = levels[(p2 >> (8u * lane)) & 255u];
        if (SHIFT) {
          let used = select(0i, -1i, (level & 512u) != 0u);
          let is_odd = select(0i, -1i, (level & 256u) != 0u);
          let shift = level & 31u;
          let one = (1i << shift) & used;
          let m_shifted = (m << vec4u(shift)) & vec4i(used);
          let n_shifted = (n << vec4u(shift)) & vec4i(used);
          a2 += m_shifted & vec4i(~is_odd); b2 += n_shifted & vec4i(~is_odd); e2 += one & ~is_odd;
          c2 += m_shifted & vec4i(is_odd); d2 += n_shifted & vec4i(is_odd); o2 += one & is_odd;
        } else {
          let weight = bitcast<i32>(level);
          a2 += m * weight; b2 += n * weight; e2 += weight;
        }
      }
      {
        let level = levels[(p3 >> (8u * lane)) & 255u];
        if (SHIFT) {
          let used = select(0i, -1i, (level & 512u) != 0u);
          let is_odd = select(0i, -1i, (level & 256u) != 0u);
          let shift = level & 31u;
          let one = (1i << shift) & used;
          let m_shifted = (m << vec4u(shift)) & vec4i(used);
          let n_shifted = (n << vec4u(shift)) & vec4i(used);
          a3 += m_shifted & vec4i(~is_odd); b3 += n_shifted & vec4i(~is_odd); e3 += one & ~is_odd;
          c3 += m_shifted & vec4i(is_odd); d3 += n_shifted & vec4i(is_odd); o3 += one & is_odd;
        } else {
          let weight = bitcast<i32>(level);
          a3 += m * weight; b3 += n * weight; e3 += weight;
        }
      }
    }
  }
  let out = head * params.head4 + channel4;
  var even = array<vec4i, 8>(a0, b0, a1, b1, a2, b2, a3, b3);
  var odd = array<vec4i, 8>(c0, d0, c1, d1, c2, d2, c3, d3);
  var values = array<vec4i, 2>(values0, values1);
  var levels_even = array<i32, 4>(e0, e1, e2, e3);
  var levels_odd = array<i32, 4>(o0, o1, o2, o3);
  for (var t = 0u; t < 8u; t++) {
    let r = t / 2u;
    if (row + r < params.tokens && channel4 + t % 2u < params.head4) {
      let p_row = (p_base + row + r) * params.p_stride4;
      store(image * params.tokens + row + r, out + t % 2u, even[t], odd[t], levels_even[r], levels_odd[r], values[t % 2u], p_row, v_base + channel4 + t % 2u);
    }
  }
}
