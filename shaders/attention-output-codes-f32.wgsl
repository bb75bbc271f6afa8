// Attention output in integers, executed on f32 multiply-adds: every product v * 2^shift (or v * level) and every sum is an integer below 2^24.
// y[b,i,h,c] = scale_c * (even + sqrt(2) odd), even = sum_j level_even(p) (v - v_zero_c), odd likewise; the same integers as attention-output-codes-shift.
// levels[c] = (level added to the even sum, level added to the odd sum) as floats; 0 where the code means 0. Codes of probabilities past column N are ignored.
// columns: four vec4 per quad of columns: scale_p * scale_v, v_zero, inverse and zero of the output codes; all 0 in the padding, whose codes are 0.
// EXTRA 1: every level is larger by params.offset: offset * sum_j (v_j - v_zero) is added, a sum that all rows share.
// EXTRA 2: p holds (code, row scale, row maximum, its index) as softmax-demax writes them, the code of the maximum itself 0; the row's sum is
// row scale * sum_j code (v_j - v_zero) + maximum * (v_index - v_zero).
//include lib/codes.wgsl
struct Params {
  tokens: u32, heads: u32, head4: u32, p_stride4: u32, qkv_stride4: u32, value_offset4: u32, out_stride4: u32, images: u32,
  out_max: f32, offset: f32,
}
override ODD: bool = true; // false: no level has a factor sqrt(2)
override QUANTIZE: bool = true;
override EXTRA: u32 = 0; // 0: none, 1: offset, 2: DeMax

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<u32>;
@group(0) @binding(2) var<storage, read> qkv: array<u32>;
@group(0) @binding(3) var<storage, read> levels: array<vec2f>;
@group(0) @binding(4) var<storage, read> columns: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

fn madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return fma(b3, vec4f(a.w), fma(b2, vec4f(a.z), fma(b1, vec4f(a.y), fma(b0, vec4f(a.x), acc))));
}

// Even and odd levels of four neighbouring keys; `count` of them exist.
fn four_levels(word: u32, count: u32) -> mat2x4f {
  let l0 = levels[word & 255u];
  let l1 = select(vec2f(0.0), levels[(word >> 8u) & 255u], count > 1u);
  let l2 = select(vec2f(0.0), levels[(word >> 16u) & 255u], count > 2u);
  let l3 = select(vec2f(0.0), levels[word >> 24u], count > 3u);
  return mat2x4f(vec4f(l0.x, l1.x, l2.x, l3.x), vec4f(l0.y, l1.y, l2.y, l3.y));
}

fn store(out_row: u32, at: u32, even: vec4f, odd: vec4f, level_sums: vec2f, values: vec4f, p_row: u32, v_at: u32) {
  let v_zero = vec4i(columns[4u * at + 1u]);
  let exact_even = vec4i(even) - v_zero * i32(level_sums.x);
  var v = vec4f(exact_even);
  if (ODD) {
    let exact_odd = vec4i(odd) - v_zero * i32(level_sums.y);
    v = fma(vec4f(exact_odd), vec4f(1.41421354), v);
  }
  if (EXTRA == 1u) { v = fma(vec4f(vec4i(values) - v_zero * i32(params.tokens)), vec4f(params.offset), v); }
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
  var a0 = vec4f(0.0); var b0 = vec4f(0.0); var c0 = vec4f(0.0); var d0 = vec4f(0.0); var s0 = vec2f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0); var c1 = vec4f(0.0); var d1 = vec4f(0.0); var s1 = vec2f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0); var c2 = vec4f(0.0); var d2 = vec4f(0.0); var s2 = vec2f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0); var c3 = vec4f(0.0); var d3 = vec4f(0.0); var s3 = vec2f(0.0);
  var values0 = vec4f(0.0); var values1 = vec4f(0.0);
  for (var j4 = 0u; j4 < key_quads; j4++) {
    let count = min(4u, params.tokens - 4u * j4);
    let v0 = v_base + min(4u * j4, last) * params.qkv_stride4;
    let v1 = v_base + min(4u * j4 + 1u, last) * params.qkv_stride4;
    let v2 = v_base + min(4u * j4 + 2u, last) * params.qkv_stride4;
    let v3 = v_base + min(4u * j4 + 3u, last) * params.qkv_stride4;
    let m0 = codes_unpack(qkv[v0 + channel4]); let m1 = codes_unpack(qkv[v1 + channel4]);
    let m2 = codes_unpack(qkv[v2 + channel4]); let m3 = codes_unpack(qkv[v3 + channel4]);
    let n0 = codes_unpack(qkv[v0 + pair]); let n1 = codes_unpack(qkv[v1 + pair]);
    let n2 = codes_unpack(qkv[v2 + pair]); let n3 = codes_unpack(qkv[v3 + pair]);
    if (EXTRA == 1u) {
      let present = vec4f(vec4u(count) > vec4u(0u, 1u, 2u, 3u));
      values0 = madd(values0, m0, m1, m2, m3, present); values1 = madd(values1, n0, n1, n2, n3, present);
    }
    {
      let level = four_levels(p[r0 + j4], count);
      let even = level[0];
      let odd = level[1];
      a0 = madd(a0, m0, m1, m2, m3, even); b0 = madd(b0, n0, n1, n2, n3, even);
      if (ODD) { c0 = madd(c0, m0, m1, m2, m3, odd); d0 = madd(d0, n0, n1, n2, n3, odd); }
      s0 += vec2f(even.x + even.y + even.z + even.w, odd.x + odd.y + odd.z + odd.w);
    }
    {
      let level = four_levels(p[r1 + j4], count);
      let even = level[0];
      let odd = level[1];
      a1 = madd(a1, m0, m1, m2, m3, even); b1 = madd(b1, n0, n1, n2, n3, even);
      if (ODD) { c1 = madd(c1, m0, m1, m2, m3, odd); d1 = madd(d1, n0, n1, n2, n3, odd); }
      s1 += vec2f(even.x + even.y + even.z + even.w, odd.x + odd.y + odd.z + odd.w);
    }
    {
      let level = four_levels(p[r2 + j4], count);
      let even = level[0];
      let odd = level[1];
      a2 = madd(a2, m0, m1, m2, m3, even); b2 = madd(b2, n0, n1, n2, n3, even);
      if (ODD) { c2 = madd(c2, m0, m1, m2, m3, odd); d2 = madd(d2, n0, n1, n2, n3, odd); }
      s2 += vec2f(even.x + even.y + even.z + even.w, odd.x + odd.y + odd.z + odd.w);
    }
    {
      let level = four_levels(p[r3 + j4], count);
      let even = level[0];
      let odd = level[1];
      a3 = madd(a3, m0, m1, m2, m3, even); b3 = madd(b3, n0, n1, n2, n3, even);
      if (ODD) { c3 = madd(c3, m0, m1, m2, m3, odd); d3 = madd(d3, n0, n1, n2, n3, odd); }
      s3 += vec2f(even.x + even.y + even.z + even.w, odd.x + odd.y + odd.z + odd.w);
    }
  }
  let out = head * params.head4 + channel4;
  var even = array<vec4f, 8>(a0, b0, a1, b1, a2, b2, a3, b3);
  var odd = array<vec4f, 8>(c0, d0, c1, d1, c2, d2, c3, d3);
  var values = array<vec4f, 2>(values0, values1);
  var level_sums = array<vec2f, 4>(s0, s1, s2, s3);
  for (var t = 0u; t < 8u; t++) {
    let r = t / 2u;
    if (row + r < params.tokens && channel4 + t % 2u < params.head4) {
      let p_row = (p_base + row + r) * params.p_stride4;
      store(image * params.tokens + row + r, out + t % 2u, even[t], odd[t], level_sums[r], values[t % 2u], p_row, v_base + channel4 + t % 2u);
    }
  }
}
