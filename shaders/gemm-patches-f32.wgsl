// gemm-f32 of the patches of images: patchify as its prologue, with the words of both one after the other.
// x: [B,C,H,W] f32. weight, bias, residual, y and the row maps as in gemm-f32.
//include lib/gemm-float-blocks.wgsl
//include lib/gemm-patches.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, gelu: u32, has_residual: u32,
  patches: u32, patch_columns: u32, depth: u32, patch_size: u32, height: u32, width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(_row: u32, base: u32, k: u32) -> vec4f { return gemm_patches_quad(base, k); }
fn gemm_float_weight(at: u32) -> vec4f { return weight[at]; }
fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_blocks(id); }
