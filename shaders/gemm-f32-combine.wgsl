// Second half of gemm-f32 with K cut into slices: y = parts[0] + parts[1] + ... + bias, then optionally GELU and a residual.
// parts: [slice, rows, columns4] vec4 from gemm-f32-partial. Row maps as in gemm-f32.
//include lib/gemm-float.wgsl
struct Params {
  rows: u32, columns4: u32, slices: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read> residual: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= params.rows || id.x >= params.columns4) { return; }
  var at = id.y * params.columns4 + id.x;
  var sum = parts[at];
  for (var slice = 1u; slice < params.slices; slice++) {
    at += params.rows * params.columns4;
    sum += parts[at];
  }
  gemm_float_finish(id.y, id.x, sum);
}
