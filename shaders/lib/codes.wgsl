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
  return codes_clamp(round(fma(v, inverse, zero - whole)) + whole, top);
}

// From 0 to top, and 0 for what is no number: comparisons, since a software adapter spends ten times as much on clamp.
fn codes_clamp(v: vec4f, top: vec4f) -> vec4f {
  let positive = select(vec4f(0.0), v, v > vec4f(0.0));
  return select(top, positive, positive < top);
}

// Whole numbers below 2^24 in size: two parts of twelve bits, each in the last bits of a sum (as in codes_pack); a conversion costs a software adapter five times as much.
fn codes_whole(v: vec4f) -> vec4i {
  let high = floor(v * vec4f(0.000244140625));
  let low = fma(high, vec4f(-4096.0), v);
  let parts = mat2x4f(high + vec4f(12582912.0), low + vec4f(12582912.0));
  return ((bitcast<vec4i>(parts[0]) - 0x4b400000) << vec4u(12u)) + (bitcast<vec4i>(parts[1]) - 0x4b400000);
}
