// First half of gemm-codes-f32 with K cut into slices, for layers with few outputs and a long K: y[slice,M,N] = sum_k x w - w_zero * sum_k x over the slice, i32.
// gemm-codes-combine adds the slices; integers are exact in any order, so that both halves give the words of gemm-codes-f32. For layers without groups along K.
// x, weight, column_i and levels as in gemm-codes-f32. slice4: quads of K in a slice; the last slice takes what is left.
//include lib/gemm-codes-f32-block8.wgsl
//include lib/gemm-codes-slice.wgsl
//include lib/gemm-codes-x.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32, slice4: u32, chunk4: u32,
}
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
override CHUNKED: bool = false;
override LEVELS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_i: array<vec2i>;
@group(0) @binding(4) var<storage, read> levels: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4i>;

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_codes_slice(id); }
