// y[m,:] = max over g of x[indices[m * group + g],:]; an index of NONE counts for nothing (the edge of a pooling window).
// x: [B*in_rows, stride4] vec4 f32. indices: [out_rows, group]. y: [B*out_rows, stride4] vec4; padding columns hold a maximum of padding.
struct Params { images: u32, in_rows: u32, out_rows: u32, stride4: u32, group: u32 }
const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.out_rows * params.stride4) { return; }
  let row = at / params.stride4;
  let image = row / params.out_rows;
  var top = vec4f(-3.4e38);
  for (var g = 0u; g < params.group; g++) {
    let source = indices[(row % params.out_rows) * params.group + g];
    if (source != NONE) { top = max(top, x[(image * params.in_rows + source) * params.stride4 + at % params.stride4]); }
  }
  y[at] = top;
}
