// Mean of an image's rows, weighted by the softmax of a score of each: y[b,:] = sum_i e_i x[b,i,:] / sum_i e_i, e_i = exp(s_i - max s), in ascending order.
// scores: [B*N, score_stride4] vec4, the first column counts. x: [B*N, stride4] vec4 f32. y: [B, stride4] vec4.
//include lib/exact-math.wgsl
struct Params { images: u32, tokens: u32, score_stride4: u32, stride4: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.images * params.stride4) { return; }
  let first = (id.x / params.stride4) * params.tokens;
  var top = -3.4e38;
  for (var i = 0u; i < params.tokens; i++) { top = max(top, scores[(first + i) * params.score_stride4].x); }
  var total = 0.0;
  var sum = vec4f(0.0);
  for (var i = 0u; i < params.tokens; i++) {
    let e = exact_exp(vec4f(scores[(first + i) * params.score_stride4].x - top));
    total += e.x;
    sum = fma(e, x[(first + i) * params.stride4 + id.x % params.stride4], sum);
  }
  y[id.x] = sum * exact_reciprocal(vec4f(total));
}
