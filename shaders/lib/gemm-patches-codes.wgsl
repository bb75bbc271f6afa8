// What both products of patch codes are given and read. The kernel declares Params.
const TOKENS = false;
const GROUPED = false;
const BLOCK_ROWS = 8u;
const BLOCK_COLUMNS4 = 2u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(4) var<storage, read> column_i: array<vec2i>;
@group(0) @binding(5) var<storage, read> residual: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;

fn gemm_codes_grid(_row: u32) -> vec2f { return vec2f(1.0); }
fn gemm_codes_residual(at: u32) -> vec4f { return bitcast<vec4f>(residual[at]); }

fn patch_codes(base: u32, k: u32) -> vec4f {
  let code = codes_clamp(round(gemm_patches_quad(base, k) * params.inverse_scale) + params.zero, vec4f(params.code_max));
  return select(vec4f(0.0), code, vec4u(4u * k) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.depth));
}
