// gemm-f32 of a normalized x: LayerNormalization or RMSNorm as its prologue, with the words of layer-norm or rms-norm and gemm-f32 one after the other.
// x: [rows, ceil(K/4)] vec4. gain, shift: [ceil(K/4)] vec4. weight, bias, y and the row maps as in gemm-f32.
//include lib/gemm-float-blocks.wgsl
//include lib/gemm-norm.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32,
  columns: u32, inverse_columns: f32, epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(r: u32, base: u32, k: u32) -> vec4f { return gemm_norm_quad(r, base, k); }
fn gemm_float_weight(at: u32) -> vec4f { return weight[at]; }
fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (8u * id.y >= params.rows) { return; }
  gemm_norm_start(8u * id.y);
  gemm_float_blocks(id);
}
