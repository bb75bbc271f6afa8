// Storage bandwidth: every invocation reads 16 vec4, neighbours side by side, seed[0].x times from other places; 256 bytes a step.
@group(0) @binding(0) var<storage, read> seed: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * 64u;
  let count = arrayLength(&seed) - 2u;
  var sum = vec4u(0u);
  for (var i = 0u; i < seed[0].x; i++) {
    for (var j = 0u; j < 16u; j++) { sum ^= seed[2u + (id.x + (16u * i + j) * stride) % count]; }
  }
  y[id.x] = sum.x ^ sum.y ^ sum.z ^ sum.w;
}
