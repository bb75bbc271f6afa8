// Numbers stored in f16, four in two words, computed with in f32: core WGSL, no feature needed. Only zero and normal numbers are stored, because adapters may flush
// subnormal ones; src/tensor/half.ts says the same.

fn halves_unpack(words: vec2u) -> vec4f { return vec4f(unpack2x16float(words.x), unpack2x16float(words.y)); }

// The nearest f16, ties to even; below 2^-14 the nearer of 0 and 2^-14; past the largest, the largest. In integers, since WGSL leaves the rounding of its own
// conversions to the adapter.
fn halves_pack(v: vec4f) -> vec2u {
  let bits = bitcast<vec4u>(v);
  let magnitude = min(bits & vec4u(0x7fffffffu), vec4u(0x477fe000u)); // 65504
  let rounded = (magnitude + vec4u(0xfffu) + ((magnitude >> vec4u(13u)) & vec4u(1u)) - vec4u(0x38000000u)) >> vec4u(13u);
  let small = select(vec4u(0u), vec4u(0x400u), magnitude > vec4u(0x38000000u)); // 2^-15
  let half = ((bits >> vec4u(16u)) & vec4u(0x8000u)) | select(small, rounded, magnitude >= vec4u(0x38800000u)); // 2^-14
  return vec2u(half.x | (half.y << 16u), half.z | (half.w << 16u));
}

// Four f32 that lie in two entries of an array of pairs of words.
fn halves_wide(low: vec2u, high: vec2u) -> vec4f { return bitcast<vec4f>(vec4u(low, high)); }
