// Unsigned codes, four 8-bit lanes per u32, lowest lane first.

fn codes_unpack(word: u32) -> vec4f {
  return vec4f(vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u));
}

fn codes_pack(codes: vec4f) -> u32 {
  let c = vec4u(codes);
  return c.x | (c.y << 8u) | (c.z << 16u) | (c.w << 24u);
}
