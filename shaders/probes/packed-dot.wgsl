requires packed_4x8_integer_dot_product;
// Rate of packed integer dot products: eight independent chains; 64 operations (four products and four sums each) a step.
@group(0) @binding(0) var<storage, read> seed: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = seed[1].x;
  var a0 = id.x; var a1 = id.x + 1u; var a2 = id.x + 2u; var a3 = id.x + 3u; var a4 = id.x + 4u; var a5 = id.x + 5u; var a6 = id.x + 6u; var a7 = id.x + 7u;
  for (var i = 0u; i < seed[0].x; i++) {
    a0 += dot4U8Packed(a0, m); a1 += dot4U8Packed(a1, m); a2 += dot4U8Packed(a2, m); a3 += dot4U8Packed(a3, m);
    a4 += dot4U8Packed(a4, m); a5 += dot4U8Packed(a5, m); a6 += dot4U8Packed(a6, m); a7 += dot4U8Packed(a7, m);
  }
  y[id.x] = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7;
}
