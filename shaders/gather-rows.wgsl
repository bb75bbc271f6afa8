// Rows put side by side: part g of row m of y is row indices[m * group + g] of x; an index of NONE gives zeros. Moves words, floats and codes alike.
// x: [B*in_rows, in_stride] words. indices: [out_rows, group]. y: [B*out_rows, out_stride] words; words past group * part are written as 0.
struct Params { images: u32, in_rows: u32, in_stride: u32, out_rows: u32, out_stride: u32, group: u32, part: u32 }
const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.images * params.out_rows * params.out_stride) { return; }
  let row = at / params.out_stride;
  let word = at % params.out_stride;
  if (word >= params.group * params.part) { y[at] = 0u; return; }
  let image = row / params.out_rows;
  let source = indices[(row % params.out_rows) * params.group + word / params.part];
  if (source == NONE) { y[at] = 0u; return; }
  y[at] = x[(image * params.in_rows + source) * params.in_stride + word % params.part];
}
