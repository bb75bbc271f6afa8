// Products of four values along K with four columns.

// k, k + 1, k + 2, k + 3 in this order: the order of every sum along K. Column by column: a software adapter then keeps the sum in a register over all four.
fn quads_madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return vec4f(
    fma(b3.x, a.w, fma(b2.x, a.z, fma(b1.x, a.y, fma(b0.x, a.x, acc.x)))),
    fma(b3.y, a.w, fma(b2.y, a.z, fma(b1.y, a.y, fma(b0.y, a.x, acc.y)))),
    fma(b3.z, a.w, fma(b2.z, a.z, fma(b1.z, a.y, fma(b0.z, a.x, acc.z)))),
    fma(b3.w, a.w, fma(b2.w, a.z, fma(b1.w, a.y, fma(b0.w, a.x, acc.w)))),
  );
}
