// Rate of exp2: two independent chains of vec4, four links of each a step; 32 operations a step. Arguments stay in [-1, 0], so that no result leaves the normal numbers.
@group(0) @binding(0) var<storage, read> seed: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

fn links(a: vec4f) -> vec4f { return -exp2(-exp2(-exp2(-exp2(a)))); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var a = vec4f(f32(id.x & 7u)) * -0.125;
  var b = a - 0.0625;
  for (var i = 0u; i < seed[0].x; i++) {
    a = links(a);
    b = links(b);
  }
  let s = a + b;
  y[id.x] = bitcast<u32>(s.x + s.y + s.z + s.w);
}
