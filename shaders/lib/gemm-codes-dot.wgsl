// Packed integer dot products with weights whose codes lie along K, interleaved. The module declares weight and the constant CONTAINER.
//include lib/dots.wgsl

// The words of four neighbouring columns.
fn gemm_codes_dot_words(at: u32) -> vec4u {
  return vec4u(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

// Four codes along K of each column, one per byte: group g of the words.
fn gemm_codes_dot_group(words: vec4u, g: u32) -> vec4u {
  let mask = select(select(0x03030303u, 0x0f0f0f0fu, CONTAINER == 4u), 0xffffffffu, CONTAINER == 8u);
  return (words >> vec4u(CONTAINER * g)) & vec4u(mask);
}
