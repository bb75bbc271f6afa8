// Second half of gemm-codes-dot with K cut into slices: the exact sums of the slices, then the epilogue of gemm-codes-dot.
// parts: [slice, rows, columns4] vec4 of i32 from gemm-codes-dot-partial, weight zero points already taken off. Columns, tables and row maps as in gemm-codes-dot.
//include lib/gemm-codes.wgsl
//include lib/gemm-codes-operands.wgsl
struct Params {
  rows: u32, columns4: u32, slices: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32, quantize: u32, row_period: u32,
}
override TOKENS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4i>;
@group(0) @binding(2) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(3) var<storage, read> column_i: array<vec2i>;
@group(0) @binding(4) var<storage, read> residual: array<vec4u>;
@group(0) @binding(5) var<storage, read> row_table: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= params.rows || id.x >= params.columns4) { return; }
  var at = id.y * params.columns4 + id.x;
  var sum = parts[at];
  for (var slice = 1u; slice < params.slices; slice++) {
    at += params.rows * params.columns4;
    sum += parts[at];
  }
  let columns = gemm_codes_columns(id.x, 0u);
  gemm_codes_finish(id.y, id.x, columns, gemm_codes_part(id.y, columns, sum, 0, columns.bias));
}
