// What both forms of integer attention scores are given, and what they do with their exact sums.
// exact = sum q k - k_zero * sum q - q_zero * sum k + head_dim * q_zero * k_zero; y = f32(exact) * (q_scale * k_scale).
// grids: [H, q_entries] then [H, k_entries] pairs (scale, zero point) of q and of k: one entry per head, or one per token of each head.
// Codes past the head's true width are 0. y: [B*H*N, out_stride4] vec4 f32; columns past N are unspecified but finite.
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, out_stride4: u32, images: u32, head_dim: u32, q_entries: u32, k_entries: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<u32>;
@group(0) @binding(2) var<storage, read> grids: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn attention_scores_key_grid(head: u32, token: u32) -> vec2f {
  return grids[params.heads * params.q_entries + head * params.k_entries + min(token, params.k_entries - 1u)];
}

// Four scores: sum q k, sum q and sum k of each become exact.
fn attention_scores_store(map: u32, row: u32, column4: u32, sum: vec4i, q_sum: i32, k_sum: vec4i) {
  if (row >= params.tokens || column4 >= params.out_stride4) { return; }
  let head = map % params.heads;
  let q = grids[head * params.q_entries + min(row, params.q_entries - 1u)];
  let k = mat4x2f(attention_scores_key_grid(head, 4u * column4), attention_scores_key_grid(head, 4u * column4 + 1u), attention_scores_key_grid(head, 4u * column4 + 2u), attention_scores_key_grid(head, 4u * column4 + 3u));
  let q_zero = i32(q.y);
  let k_zero = vec4i(vec4f(k[0].y, k[1].y, k[2].y, k[3].y));
  let exact = sum - k_zero * q_sum - q_zero * k_sum + i32(params.head_dim) * q_zero * k_zero;
  y[(map * params.tokens + row) * params.out_stride4 + column4] = vec4f(exact) * (q.x * vec4f(k[0].x, k[1].x, k[2].x, k[3].x));
}
