// A depthwise convolution of codes: y[m,c] = fma(S, scale[c], fma(W, offset[c], bias[c])), where over the taps g whose index is not NONE
//   S = sum of level[x[indices[m * group + g],c]] * weight[g,c],   W = sum of weight[g,c],   both exact in i32.
// level: the integer that each of 256 codes stands for (code - zero point, or a codebook's); a row beyond the edge is no row, so it adds nothing to W either.
// x: [B*in_rows, stride4] u32 of four codes. indices: [out_rows, group]. weight: [group, stride4] vec4 of code - zero point; 0 in the padding.
// column: [stride4] triples of vec4 (scale, offset, bias), 0 in the padding. y: [B*out_rows, stride4] vec4 f32, 0 in the padding.
struct Params { images: u32, in_rows: u32, out_rows: u32, stride4: u32, group: u32 }
const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> level: array<i32>;
@group(0) @binding(4) var<storage, read> weight: array<vec4i>;
@group(0) @binding(5) var<storage, read> column: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.out_rows * params.stride4) { return; }
  let row = at / params.stride4;
  let c = at % params.stride4;
  let first = (row / params.out_rows) * params.in_rows;
  var sum = vec4i(0);
  var weights = vec4i(0);
  for (var g = 0u; g < params.group; g++) {
    let source = indices[(row % params.out_rows) * params.group + g];
    if (source == NONE) { continue; }
    let word = x[(first + source) * params.stride4 + c];
    let w = weight[g * params.stride4 + c];
    sum += vec4i(level[word & 255u], level[(word >> 8u) & 255u], level[(word >> 16u) & 255u], level[word >> 24u]) * w;
    weights += w;
  }
  y[at] = fma(vec4f(sum), column[3u * c], fma(vec4f(weights), column[3u * c + 1u], column[3u * c + 2u]));
}
