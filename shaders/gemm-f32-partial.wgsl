// First half of gemm-f32 with K cut into slices, for layers with few outputs and a long K: y[slice,M,N] = x[M,Kslice] . weight[N,Kslice]^T, no bias.
// gemm-f32-combine adds the slices in order, so that the result is always the same, though not that of one chain along K: for float models only.
// x and weight as in gemm-f32.
//include lib/gemm-float-partial.wgsl
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(_row: u32, base: u32, k: u32) -> vec4f { return x[base + k]; }
fn gemm_float_weight(at: u32) -> vec4f { return weight[at]; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_partial(id); }
