// The slices of gemm_float_partial and what comes behind a layer's sums. The module declares parts: [slice, rows, columns4] vec4, and what lib/gemm-float.wgsl asks for.
//include lib/gemm-float.wgsl
struct Params {
  rows: u32, columns4: u32, slices: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32,
}

@group(0) @binding(0) var<uniform> params: Params;

fn gemm_float_combine(id: vec3u) {
  if (id.y >= params.rows || id.x >= params.columns4) { return; }
  var at = id.y * params.columns4 + id.x;
  var sum = parts[at];
  for (var slice = 1u; slice < params.slices; slice++) {
    at += params.rows * params.columns4;
    sum += parts[at];
  }
  gemm_float_finish(id.y, id.x, sum);
}
