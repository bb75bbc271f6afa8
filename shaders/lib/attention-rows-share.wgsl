// Attention of whole rows where the four lanes of a quad have 32 neighbouring queries of one head, and each loads every fourth of their keys and values:
// a load costs a software adapter as much as sixteen products, a broadcast as one. The module declares what lib/attention-rows-own.wgsl asks for.

// First word of the lane's own of four tokens.
alias AttentionWords = u32;

// Of a lane of a workgroup, counted over all of them.
fn attention_rows_place(group: u32, lane: u32) -> AttentionRows {
  let blocks = (params.tokens + 31u) / 32u;
  return attention_rows_of(group / blocks, (group % blocks) * 32u + (lane & 3u) * 8u, lane & 3u);
}

fn attention_rows_exists(group: u32) -> bool { return group / ((params.tokens + 31u) / 32u) < params.images * params.heads; }

// Of q, k or v as `base` says; past the last token, its own.
fn attention_rows_words(place: AttentionRows, base: u32, token: u32) -> AttentionWords {
  return base + min(token + place.lane, place.last) * params.qkv_stride4;
}

// Quad c of the lane's own of four keys, the channels of all four, and the sums of each.
alias Keys = vec4f;
alias KeySums = f32;
fn attention_rows_keys(k: AttentionWords, c: u32) -> Keys { return attention_rows_qk(k + c); }
fn attention_rows_channels(own: Keys) -> mat4x4f {
  return transpose(mat4x4f(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u)));
}
fn attention_rows_key_sums(own: Keys) -> KeySums { return own.x + own.y + own.z + own.w; }
fn attention_rows_all_sums(own: KeySums) -> vec4f {
  return vec4f(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
}

// Quad c of four values.
fn attention_rows_values(v: AttentionWords, c: u32) -> array<Sum, 4> {
  let own = attention_rows_value(v + c);
  return array<Sum, 4>(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
}
