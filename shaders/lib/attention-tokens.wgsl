// Where tokens lie in the fused q, k, v. The module declares `params` with qkv_stride4.

// First words of four tokens, q, k or v as base says; past the last one, its own.
fn attention_tokens(base: u32, token: u32, last: u32) -> vec4u {
  return vec4u(base) + min(vec4u(token) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * params.qkv_stride4;
}
