// gemm-codes-f32 of the patches of images: patchify to codes as its prologue, with the words of both one after the other. For a float y, without GELU.
// x: [B,C,H,W] f32. weight, column_f, column_i, residual, y and the row maps as in gemm-codes-f32.
//include lib/gemm-codes-f32-block8.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-patches.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, chunk4: u32,
  patches: u32, patch_columns: u32, depth: u32, patch_size: u32, height: u32, width: u32,
  inverse_scale: f32, zero: f32, code_max: f32,
}
override RESIDUAL: bool = false;
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
override CHUNKED: bool = false;
const GELU = 0u;
const QUANTIZE = false;
const TOKENS = false;
const BLOCK_ROWS = 8u;
const BLOCK_COLUMNS4 = 2u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(4) var<storage, read> column_i: array<vec4i>;
@group(0) @binding(5) var<storage, read> residual: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;

fn gemm_codes_grid(_row: u32) -> vec2f { return vec2f(1.0); }
fn gemm_codes_residual(at: u32) -> vec4f { return bitcast<vec4f>(residual[at]); }

fn patch_codes(base: u32, k: u32) -> vec4f {
  let code = clamp(round(gemm_patches_quad(base, k) * params.inverse_scale) + params.zero, vec4f(0.0), vec4f(params.code_max));
  return select(vec4f(0.0), code, vec4u(4u * k) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.depth));
}

fn gemm_codes_x(_row: u32, base: u32, k: u32) -> vec4f { return patch_codes(base, k); }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (gemm_codes_blocks_exists(id)) { gemm_codes_blocks(id, params.depth4); }
}
