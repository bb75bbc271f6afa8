// Second half of gemm-f32 with K cut into slices: y = parts[0] + parts[1] + ... + bias, then optionally GELU and a residual.
// parts: [slice, rows, columns4] vec4 from gemm-f32-partial. Row maps as in gemm-f32.
//include lib/gemm-float-combine.wgsl
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read> residual: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

fn gemm_float_residual(at: u32) -> vec4f { return residual[at]; }
fn gemm_float_store(at: u32, v: vec4f) { y[at] = v; }

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_combine(id); }
