// Mean over the tokens from `start` on: y[b,:] = sum_{i >= start} x[b,i,:] / (N - start), summed in ascending order.
// x: [B*N, stride4] vec4. y: [B, stride4] vec4.
struct Params { images: u32, tokens: u32, start: u32, stride4: u32, inverse_count: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.images * params.stride4) { return; }
  let image = id.x / params.stride4;
  var sum = vec4f(0.0);
  for (var i = params.start; i < params.tokens; i++) { sum += x[(image * params.tokens + i) * params.stride4 + id.x % params.stride4]; }
  y[id.x] = sum * params.inverse_count;
}
