// What gemm-f32 and its rungs are given.
// x: [rows, ceil(K/4)] vec4, padded columns finite. weight: [4*ceil(K/4), N16/4] vec4 over columns, k-major, zero padded.
// Row maps serve token selection (x_step, x_offset), the class token's gap in the patch embedding (out_*) and positions (residual_rows).
//include lib/gemm-float.wgsl
//include lib/gemm-rows.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32,
}
override GELU: u32 = 0; // 0: none, 1: erf, 2: tanh
override RESIDUAL: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(at: u32) -> vec4f { return x[at]; }
fn gemm_float_weight(at: u32) -> vec4f { return weight[at]; }
fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }
