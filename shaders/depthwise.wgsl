// y[m,c] = sum over g of x[indices[m * group + g],c] * weight[g,c] + bias[c]: each channel convolved by itself. An index of NONE is a row of zeros.
// x: [B*in_rows, stride4] vec4 f32. indices: [out_rows, group]. weight: [group, stride4] vec4, then the bias [stride4]; 0 in the padding, which is written as 0.
struct Params { images: u32, in_rows: u32, out_rows: u32, stride4: u32, group: u32 }
const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.out_rows * params.stride4) { return; }
  let row = at / params.stride4;
  let column = at % params.stride4;
  let first = (row / params.out_rows) * params.in_rows;
  var sum = vec4f(0.0);
  for (var g = 0u; g < params.group; g++) {
    let source = indices[(row % params.out_rows) * params.group + g];
    if (source != NONE) { sum = fma(x[(first + source) * params.stride4 + column], weight[g * params.stride4 + column], sum); }
  }
  y[at] = sum + weight[params.group * params.stride4 + column];
}
