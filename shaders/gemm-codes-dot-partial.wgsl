requires packed_4x8_integer_dot_product;
// First half of gemm-codes-dot with K cut into slices, for layers with few outputs and a long K: y[slice,M,N] = sum_k x w - w_zero * sum_k x over the slice, i32.
// gemm-codes-combine adds the slices; integers are exact in any order, so that both halves give the words of gemm-codes-dot.
// x, weight and column_i as in gemm-codes-dot. slice4: quads of K in a slice, whole words of the weights; the last slice takes what is left.
//include lib/gemm-codes-dot-block8.wgsl
//include lib/gemm-codes-slice.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32, slice4: u32,
}
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_i: array<vec2i>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4i>;

fn gemm_codes_word(_row: u32, base: u32, k: u32) -> u32 { return x[base + k]; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_codes_slice(id); }
