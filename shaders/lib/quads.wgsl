// Products of four values along K with four columns.

// k, k + 1, k + 2, k + 3 in this order: the order of every sum along K.
fn quads_madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return fma(b3, vec4f(a.w), fma(b2, vec4f(a.z), fma(b1, vec4f(a.y), fma(b0, vec4f(a.x), acc))));
}
