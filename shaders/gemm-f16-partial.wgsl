// First half of gemm-f16 with K cut into slices, as gemm-f32-partial: the sums of the slices are f32.
// x and weight as in gemm-f16.
//include lib/gemm-float-partial.wgsl
//include lib/gemm-half-x.wgsl
@group(0) @binding(1) var<storage, read> x: array<vec2u>;
@group(0) @binding(2) var<storage, read> weight: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn gemm_float_weight(at: u32) -> vec4f { return halves_unpack(weight[at]); }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { gemm_float_partial(id); }
