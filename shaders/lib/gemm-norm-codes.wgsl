// What both products of normalized codes are given. The kernel declares Params.
const TOKENS = false;
const GROUPED = false;
const BLOCK_ROWS = 8u;
const BLOCK_COLUMNS4 = 2u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<u32>;
@group(0) @binding(5) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(6) var<storage, read> column_i: array<vec2i>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

fn gemm_codes_grid(_row: u32) -> vec2f { return vec2f(1.0); }
fn gemm_codes_residual(_at: u32) -> vec4f { return vec4f(0.0); }
