enable f16;
// gemm-f32 with weights stored in f16 and everything else in f32: half the bytes, the sums of the rounded weights. Weights below the smallest normal f16 are
// stored as 0 or as that number, since adapters may flush subnormals. weight: [4*ceil(K/4), N16/4] vec4 of f16 over columns, k-major, zero padded.
//include lib/gemm-float.wgsl
//include lib/gemm-float-block8.wgsl
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
@group(0) @binding(2) var<storage, read> weight: array<vec4h>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(at: u32) -> vec4f { return x[at]; }
fn gemm_float_weight(at: u32) -> vec4f { return vec4f(weight[at]); }
fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  var sums = gemm_float_block8(row, column4, 0u, params.depth4);
  // One loop instead of sixteen calls: the epilogue is compiled once, not sixteen times.
  for (var t = 0u; t < 16u; t++) { gemm_float_finish(row + t / 2u, column4 + t % 2u, sums[t]); }
}
