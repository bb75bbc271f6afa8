// Rate of f32 multiply-adds: eight independent chains of vec4 per invocation, so that none waits for another, eight links a step, so that the loop is small beside them:
// 512 operations (a product and a sum each count) a step.
// The number of steps and the factors come from a buffer, so that nothing can be computed beforehand.
@group(0) @binding(0) var<storage, read> seed: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

fn links(a: vec4f, m: vec4f, c: vec4f) -> vec4f {
  return fma(fma(fma(fma(fma(fma(fma(fma(a, m, c), m, c), m, c), m, c), m, c), m, c), m, c), m, c);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4f(seed[1]) * 0.25;
  let c = vec4f(f32(id.x & 7u));
  var a0 = c; var a1 = c + 1.0; var a2 = c + 2.0; var a3 = c + 3.0; var a4 = c + 4.0; var a5 = c + 5.0; var a6 = c + 6.0; var a7 = c + 7.0;
  for (var i = 0u; i < seed[0].x; i++) {
    a0 = links(a0, m, c); a1 = links(a1, m, c); a2 = links(a2, m, c); a3 = links(a3, m, c);
    a4 = links(a4, m, c); a5 = links(a5, m, c); a6 = links(a6, m, c); a7 = links(a7, m, c);
  }
  let s = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7;
  y[id.x] = bitcast<u32>(s.x + s.y + s.z + s.w);
}
