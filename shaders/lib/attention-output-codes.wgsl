// What both forms of integer attention output are given, and what they do with their exact sums. The module declares the alias Level (an entry of levels), and
// attention_output_odd(): whether some level has a factor sqrt(2).
// y[b,i,h,c] = scale_c * (even + sqrt(2) odd), even = sum_j level_even(p) (v - v_zero_c), odd likewise. Codes of probabilities past column N are ignored.
// columns: four vec4 per quad of columns: scale_p * scale_v, v_zero, inverse and zero of the output codes; all 0 in the padding, whose codes are 0.
// EXTRA 1: every level is larger by params.offset: offset * sum_j (v_j - v_zero) is added, a sum that all rows share.
// EXTRA 2: p holds (code, row scale, row maximum, its index) as softmax-demax writes them, the code of the maximum itself 0; the row's sum is
// row scale * sum_j code (v_j - v_zero) + maximum * (v_index - v_zero).
//include lib/codes.wgsl
struct Params {
  tokens: u32, heads: u32, head4: u32, p_stride4: u32, qkv_stride4: u32, value_offset4: u32, out_stride4: u32, images: u32,
  out_max: f32, offset: f32,
}
override QUANTIZE: bool = true;
override EXTRA: u32 = 0; // 0: none, 1: offset, 2: DeMax

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<u32>;
@group(0) @binding(2) var<storage, read> qkv: array<u32>;
@group(0) @binding(3) var<storage, read> levels: array<Level>;
@group(0) @binding(4) var<storage, read> columns: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

// Where an invocation's 4 queries x 8 channels are.
struct AttentionOutput { exists: bool, row: u32, channel4: u32, pair: u32, image: u32, head: u32, last: u32, p_base: u32, v_base: u32 }

fn attention_output_place(id: vec3u) -> AttentionOutput {
  let channel4 = id.x * 2u;
  let row = id.y * 4u;
  let image = id.z / params.heads;
  let head = id.z % params.heads;
  return AttentionOutput(
    row < params.tokens && channel4 < params.head4, row, channel4, min(channel4 + 1u, params.head4 - 1u), image, head, params.tokens - 1u, id.z * params.tokens,
    image * params.tokens * params.qkv_stride4 + params.value_offset4 + head * params.head4,
  );
}

// First word of the probabilities of query r.
fn attention_output_row(place: AttentionOutput, r: u32) -> u32 { return (place.p_base + min(place.row + r, place.last)) * params.p_stride4; }

fn attention_output_store(out_row: u32, at: u32, even: vec4i, odd: vec4i, even_level: i32, odd_level: i32, values: vec4i, p_row: u32, v_at: u32) {
  let v_zero = vec4i(columns[4u * at + 1u]);
  let exact_even = even - v_zero * even_level;
  let exact_odd = odd - v_zero * odd_level;
  var v = vec4f(exact_even);
  if (attention_output_odd()) { v = fma(vec4f(exact_odd), vec4f(1.41421354), v); }
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

// Sums of query r and channel quad c at 2 r + c; of levels at r, x the even ones, y the odd ones; of values, which all queries share, at c.
fn attention_output_finish(place: AttentionOutput, even: array<vec4i, 8>, odd: array<vec4i, 8>, level_sums: array<vec2i, 4>, values: array<vec4i, 2>) {
  var e = even; var o = odd; var l = level_sums; var v = values;
  for (var t = 0u; t < 8u; t++) {
    let r = t / 2u;
    let c = t % 2u;
    if (place.row + r < params.tokens && place.channel4 + c < params.head4) {
      let out_row = place.image * params.tokens + place.row + r;
      let at = place.head * params.head4 + place.channel4 + c;
      attention_output_store(out_row, at, e[t], o[t], l[r].x, l[r].y, v[c], (place.p_base + place.row + r) * params.p_stride4, place.v_base + place.channel4 + c);
    }
  }
}
