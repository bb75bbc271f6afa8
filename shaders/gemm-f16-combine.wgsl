// Second half of gemm-f16 with K cut into slices, as gemm-f32-combine. parts: f32 from gemm-f16-partial.
//include lib/gemm-float-combine.wgsl
//include lib/gemm-half-output.wgsl
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;
@group(0) @binding(3) var<storage, read> residual: array<vec2u>;
@group(0) @binding(4) var<storage, read_write> y: array<vec2u>;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_combine(id); }
