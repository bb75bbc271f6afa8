// What attention of whole rows in integers is given, and what every form of it does with exact sums.
// s_ij = f32(exact q_i . k_j) * (q_scale * k_scale) as attention-scores-codes-f32, e = exp(s - max), the level of a probability from how many thresholds t
// (ascending) e >= t * sum(e) has reached, as softmax; y[i,c] = scale_c * (even + sqrt(2) odd), even = sum_j level_even(p_ij) (v_jc - v_zero_c).
// grids: [H, q_entries] then [H, k_entries] pairs (scale, zero point). thresholds: 2^search_steps - 1 of them, padded with infinity-like values.
// levels[reached]: an integer as float; where odd, -x adds x to the odd sum. columns: four vec4 per quad of columns: scale_p * scale_v, v_zero,
// inverse and zero of the output codes; all 0 in the padding. qkv: [B*N, qkv_stride4] words of four u8 codes. y: f32 words or codes.
//include lib/codes.wgsl
struct Params {
  tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, value_offset4: u32, out_stride4: u32, images: u32,
  head_dim: u32, q_entries: u32, k_entries: u32, search_steps: u32, odd: u32, quantize: u32, out_max: f32,
}
// odd 0: no level has a factor sqrt(2). quantize 0: y is f32. Parameters, not constants: a variant costs a software adapter seconds to compile.

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<u32>;
@group(0) @binding(2) var<storage, read> grids: array<vec2f>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read> levels: array<f32>;
@group(0) @binding(5) var<storage, read> columns: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;

// (scale, zero point) of a query.
fn attention_codes_query_grid(head: u32, row: u32) -> vec2f { return grids[head * params.q_entries + min(row, params.q_entries - 1u)]; }

// Scales and zero points of four keys.
fn attention_codes_key_grids(head: u32, key: u32) -> mat2x4f {
  let base = params.heads * params.q_entries + head * params.k_entries;
  let top = params.k_entries - 1u;
  return transpose(mat4x2f(grids[base + min(key, top)], grids[base + min(key + 1u, top)], grids[base + min(key + 2u, top)], grids[base + min(key + 3u, top)]));
}

// Four scores from exact sums; zero points are converted by the caller, once for all the scores that share them.
fn attention_codes_score(sum: vec4i, q_sum: i32, k_sum: vec4i, q_scale: f32, q_zero: i32, k_scale: vec4f, k_zero: vec4i) -> vec4f {
  let exact = sum - k_zero * q_sum - q_zero * k_sum + i32(params.head_dim) * q_zero * k_zero;
  return vec4f(exact) * (q_scale * k_scale);
}

// Binary search: the level of the number of thresholds that e has reached.
fn attention_codes_level(e: f32, sum: f32) -> f32 {
  var count = 0u;
  var step = (1u << params.search_steps) >> 1u;
  for (var i = 0u; i < params.search_steps; i++) {
    if (e >= thresholds[count + step - 1u] * sum) { count += step; }
    step >>= 1u;
  }
  return levels[count];
}

// P.V of four channels from its even and odd sums and those of the levels.
fn attention_codes_store(out_row: u32, at: u32, even: vec4i, odd: vec4i, even_levels: i32, odd_levels: i32) {
  let v_zero = vec4i(columns[4u * at + 1u]);
  var v = vec4f(even - v_zero * even_levels);
  if (params.odd != 0u) { v = fma(vec4f(odd - v_zero * odd_levels), vec4f(1.41421354), v); }
  v = v * columns[4u * at];
  let word = out_row * params.out_stride4 + at;
  if (params.quantize != 0u) {
    y[word] = codes_pack(codes_encode(v, columns[4u * at + 2u], columns[4u * at + 3u], vec4f(params.out_max)));
  } else {
    let bits = bitcast<vec4u>(v);
    y[4u * word] = bits.x; y[4u * word + 1u] = bits.y; y[4u * word + 2u] = bits.z; y[4u * word + 3u] = bits.w;
  }
}
