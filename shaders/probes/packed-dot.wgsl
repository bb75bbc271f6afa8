requires packed_4x8_integer_dot_product;
// Rate of packed integer dot products: eight independent chains, eight links of each a step; 512 operations (four products and four sums each) a step.
@group(0) @binding(0) var<storage, read> seed: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

fn link(a: u32, m: u32) -> u32 { return a + dot4U8Packed(a, m); }
fn links(a: u32, m: u32) -> u32 { return link(link(link(link(link(link(link(link(a, m), m), m), m), m), m), m), m); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = seed[1].x;
  var a0 = id.x; var a1 = id.x + 1u; var a2 = id.x + 2u; var a3 = id.x + 3u; var a4 = id.x + 4u; var a5 = id.x + 5u; var a6 = id.x + 6u; var a7 = id.x + 7u;
  for (var i = 0u; i < seed[0].x; i++) {
    a0 = links(a0, m); a1 = links(a1, m); a2 = links(a2, m); a3 = links(a3, m);
    a4 = links(a4, m); a5 = links(a5, m); a6 = links(a6, m); a7 = links(a7, m);
  }
  y[id.x] = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7;
}
