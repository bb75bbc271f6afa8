// Unsigned codes, four 8-bit lanes per u32, lowest lane first.

fn codes_bytes(word: u32) -> vec4i {
  return vec4i(vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u));
}

// By way of i32: software adapters convert signed integers in one instruction, unsigned ones in many.
fn codes_unpack(word: u32) -> vec4f { return vec4f(codes_bytes(word)); }

// Whole numbers from 0 to 255: added to 2^23 they are the last bits of the sum, where a conversion would first look for what does not fit.
fn codes_pack(codes: vec4f) -> u32 {
  let c = bitcast<vec4u>(codes + vec4f(8388608.0));
  return (c.x & 255u) | (c.y << 8u) | (c.z << 16u) | (c.w << 24u);
}

// Codes of v on a grid of step 1 / inverse: clamp(round(v * inverse) + zero, 0, top). A fused shift makes `zero` fractional: its fraction goes into the rounding.
fn codes_encode(v: vec4f, inverse: vec4f, zero: vec4f, top: vec4f) -> vec4f {
  let whole = round(zero);
  return clamp(round(fma(v, inverse, zero - whole)) + whole, vec4f(0.0), top);
}
