// Parameters and constants of gemm-f32, gemm-f16 and their rungs.
// Row maps serve token selection (x_step, x_offset), the class token's gap in the patch embedding (out_*) and positions (residual_rows).
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
