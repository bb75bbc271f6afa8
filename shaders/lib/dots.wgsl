// Packed integer dot products.

// Four bytes of a with four bytes of each of four words.
fn dots_four(a: u32, b: vec4u) -> vec4u {
  return vec4u(dot4U8Packed(a, b.x), dot4U8Packed(a, b.y), dot4U8Packed(a, b.z), dot4U8Packed(a, b.w));
}
