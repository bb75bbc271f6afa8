// What gemm-f16 and its rungs are given: gemm-f32 with weights in f16; y and the residual are f16 where Y_HALF and R_HALF say so, x as lib/gemm-half-x.wgsl has it.
// x: [rows, ceil(K/4)] quads, padded columns finite. weight: [4*ceil(K/4), N16/4] quads over columns, k-major, zero padded. A quad of f16 is one vec2u, of f32 two.
//include lib/gemm-float-params.wgsl
//include lib/gemm-float.wgsl
//include lib/gemm-rows.wgsl
//include lib/halves.wgsl
//include lib/gemm-half-output.wgsl

@group(0) @binding(1) var<storage, read> x: array<vec2u>;
@group(0) @binding(2) var<storage, read> weight: array<vec2u>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read> residual: array<vec2u>;
@group(0) @binding(5) var<storage, read_write> y: array<vec2u>;

fn gemm_float_weight(at: u32) -> vec4f { return halves_unpack(weight[at]); }
