// What attention of whole rows in integers is given, and what every form of it does with exact sums.
// s_ij = f32(exact q_i . k_j) * (q_scale * k_scale) as attention-scores-codes-f32, e = exp(s - max), the level of a probability from how many thresholds t
// (ascending) e has reached, e >= t * sum(e), as softmax; y[i,c] = scale_c * sum_j level(p_ij) (v_jc - v_zero_c).
// grids: [H, q_entries] then [H, k_entries] pairs (scale, zero point). thresholds: padded with values that nothing reaches.
// starts[max(0, (bits of e / sum(e) >> bucket_shift) - bucket_first)]: how many thresholds are reached for sure; fewer than 2^search_steps, at least 1 halving, are left.
// levels[reached]: an integer as float. columns: four vec4 per quad of columns: scale_p * scale_v, v_zero,
// inverse and zero of the output codes; all 0 in the padding. qkv: [B*N, qkv_stride4] words of four u8 codes. y: f32 words or codes.
//include lib/codes.wgsl
struct Params {
  tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, value_offset4: u32, out_stride4: u32, images: u32,
  head_dim: u32, q_entries: u32, k_entries: u32, bucket_shift: u32, bucket_first: u32,
  search_steps: u32, quantize: u32, out_max: f32,
}
// quantize 0: y is f32. A parameter, not a constant: a variant costs a software adapter seconds to compile.

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<u32>;
@group(0) @binding(2) var<storage, read> grids: array<vec2f>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read> levels: array<f32>;
@group(0) @binding(5) var<storage, read> starts: array<u32>;
@group(0) @binding(6) var<storage, read> columns: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

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
  let exact = sum - k_zero * (q_sum - i32(params.head_dim) * q_zero) - q_zero * k_sum;
  return vec4f(exact) * (q_scale * k_scale);
}

// The levels of four exponentials of a row: of how many thresholds each has reached. `inverse`: 1 / sum to within some units in the last place.
fn attention_codes_levels(e: vec4f, sum: f32, inverse: f32) -> vec4f {
  let above = vec4i(bitcast<vec4u>(e * inverse) >> vec4u(params.bucket_shift)) - vec4i(i32(params.bucket_first));
  let bucket = vec4u(select(vec4i(0), above, above > vec4i(0)));
  return vec4f(
    attention_codes_level(e.x, sum, bucket.x),
    attention_codes_level(e.y, sum, bucket.y),
    attention_codes_level(e.z, sum, bucket.z),
    attention_codes_level(e.w, sum, bucket.w),
  );
}

// Binary search from where the bucket starts. Its first halving is before the loop: most codebooks need no other, and a loop that is not entered costs nothing.
fn attention_codes_level(e: f32, sum: f32, bucket: u32) -> f32 {
  var step = (1u << params.search_steps) >> 1u;
  var count = starts[bucket];
  count += select(0u, step, e >= thresholds[count + step - 1u] * sum);
  for (step >>= 1u; step > 0u; step >>= 1u) {
    count += select(0u, step, e >= thresholds[count + step - 1u] * sum);
  }
  return levels[count];
}

// What the table says of four channels.
struct AttentionColumn { scale: vec4f, zero: vec4i, inverse: vec4f, out_zero: vec4f }

fn attention_codes_column(at: u32) -> AttentionColumn {
  return AttentionColumn(columns[4u * at], vec4i(columns[4u * at + 1u]), columns[4u * at + 2u], columns[4u * at + 3u]);
}

// P.V of four channels, from the sums and those of the levels.
fn attention_codes_value(column: AttentionColumn, sums: vec4i, all_levels: i32) -> vec4f {
  return vec4f(sums - column.zero * all_levels) * column.scale;
}

fn attention_codes_store(word: u32, v: vec4f, column: AttentionColumn) {
  y[word] = codes_pack(codes_encode(v, column.inverse, column.out_zero, vec4f(params.out_max)));
}

fn attention_codes_store_floats(word: u32, v: vec4f) {
  let bits = bitcast<vec4u>(v);
  y[4u * word] = bits.x; y[4u * word + 1u] = bits.y; y[4u * word + 2u] = bits.z; y[4u * word + 3u] = bits.w;
}
