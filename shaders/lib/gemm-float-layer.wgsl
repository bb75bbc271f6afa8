// What gemm-f32 and its rungs are given.
// x: [rows, ceil(K/4)] vec4, padded columns finite. weight: [4*ceil(K/4), N16/4] vec4 over columns, k-major, zero padded.
//include lib/gemm-float-params.wgsl
//include lib/gemm-float.wgsl
//include lib/gemm-rows.wgsl
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(_row: u32, base: u32, k: u32) -> vec4f { return x[base + k]; }
fn gemm_float_weight(at: u32) -> vec4f { return weight[at]; }
fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }
