// Codes of x as floats. The module declares x, levels, and the constant LEVELS: a code stands for its level.
//include lib/codes.wgsl

// The four that a word holds.
fn gemm_codes_values(word: u32) -> vec4f {
  if (LEVELS) { return vec4f(levels[word & 255u], levels[(word >> 8u) & 255u], levels[(word >> 16u) & 255u], levels[word >> 24u]); }
  return codes_unpack(word);
}

fn gemm_codes_x(_row: u32, base: u32, k: u32) -> vec4f { return gemm_codes_values(x[base + k]); }
