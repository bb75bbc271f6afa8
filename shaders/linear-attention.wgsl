// y[i, h*depth + d] = (sum over c of q[i, h*depth + c] * sums[h*depth + c, d]) / (sum over c of q[i, h*depth + c] * sums[h*depth + c, depth] + epsilon)
// q, y: [images*tokens, stride] f32 words; words of y past `width` are 0. sums: [images*width, sums_stride] f32 words, see linear-attention-sums.wgsl.
//include lib/exact-math.wgsl
struct Params { images: u32, tokens: u32, width: u32, depth: u32, stride: u32, sums_stride: u32, epsilon: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.tokens * params.stride) { return; }
  let row = at / params.stride;
  let column = at % params.stride;
  if (column >= params.width) { y[at] = 0.0; return; }
  let head = column - column % params.depth;
  let first = (row / params.tokens) * params.width + head;
  var sum = 0.0;
  var total = 0.0;
  for (var c = 0u; c < params.depth; c++) {
    let value = q[row * params.stride + head + c];
    sum = fma(value, sums[(first + c) * params.sums_stride + column - head], sum);
    total = fma(value, sums[(first + c) * params.sums_stride + params.depth], total);
  }
  y[at] = sum * exact_reciprocal(vec4f(total + params.epsilon)).x;
}
