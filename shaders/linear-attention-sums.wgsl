// What all queries of a head share: sums[h*depth + c, d] = sum over tokens j of k[j, h*depth + c] * v[j, h*depth + d] for d < depth, and of k alone at d = depth.
// k, v: [images*tokens, stride] f32 words. sums: [images*width, out_stride] f32 words; those past depth are 0.
struct Params { images: u32, tokens: u32, width: u32, depth: u32, stride: u32, out_stride: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.width * params.out_stride) { return; }
  let row = at / params.out_stride;
  let d = at % params.out_stride;
  let column = row % params.width;
  let first = (row / params.width) * params.tokens * params.stride;
  let head = column - column % params.depth;
  var sum = 0.0;
  for (var j = 0u; j < params.tokens && d <= params.depth; j++) {
    let start = first + j * params.stride;
    var value = 1.0;
    if (d < params.depth) { value = v[start + head + d]; }
    sum = fma(k[start + column], value, sum);
  }
  sums[at] = sum;
}
