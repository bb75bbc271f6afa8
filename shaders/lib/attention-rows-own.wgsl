// Attention of whole rows where every invocation loads all of its keys and values for itself. The module declares what lib/attention-rows.wgsl asks for,
// and attention_rows_value(at): a quad of v as a Sum.
//include lib/attention-tokens.wgsl

// First words of four tokens.
alias AttentionWords = vec4u;

// Of an invocation, counted over all workgroups.
fn attention_rows_place(invocation: u32) -> AttentionRows {
  let blocks = (params.tokens + 7u) / 8u;
  return attention_rows_of(invocation / blocks, (invocation % blocks) * 8u, 0u);
}

fn attention_rows_exists(invocation: u32) -> bool { return invocation / ((params.tokens + 7u) / 8u) < params.images * params.heads; }

// Of q, k or v as `base` says.
fn attention_rows_words(place: AttentionRows, base: u32, token: u32) -> AttentionWords { return attention_tokens(base, token, place.last); }

// Quad c of four keys, their channels, and the sums of each.
alias Keys = mat4x4f;
alias KeySums = vec4f;
fn attention_rows_keys(k: AttentionWords, c: u32) -> Keys {
  return mat4x4f(attention_rows_qk(k.x + c), attention_rows_qk(k.y + c), attention_rows_qk(k.z + c), attention_rows_qk(k.w + c));
}
fn attention_rows_channels(keys: Keys) -> mat4x4f { return transpose(keys); }
fn attention_rows_key_sums(keys: Keys) -> KeySums { let m = transpose(keys); return m[0] + m[1] + m[2] + m[3]; }
fn attention_rows_all_sums(sums: KeySums) -> vec4f { return sums; }

// Quad c of four values.
fn attention_rows_values(v: AttentionWords, c: u32) -> array<Sum, 4> {
  return array<Sum, 4>(attention_rows_value(v.x + c), attention_rows_value(v.y + c), attention_rows_value(v.z + c), attention_rows_value(v.w + c));
}
