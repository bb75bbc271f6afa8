// What attention of whole rows in float is given. The module includes lib/float-quads-f32.wgsl or -f16.wgsl, which says how q, k, v and y are stored.
// y[b,i,h,:] = sum_j e_j v[b,j,h,:] / sum_j e_j, e_j = exp(s_j - max s), s_j = scale * q_i . k_j.
// qkv: [B*N, qkv_stride4] quads (columns q, k, v, each head-major). y: [B*N, out_stride4] quads, heads side by side.
// Along channels and keys one chain of fma, ascending; the sum of exponentials in the order of lib/sums; the row is divided at its end.
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, value_offset4: u32, out_stride4: u32, images: u32, scale: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<FloatQuad>;
@group(0) @binding(2) var<storage, read_write> y: array<FloatQuad>;

fn attention_qkv(at: u32) -> vec4f { return float_quads_load(qkv[at]); }
fn attention_store(at: u32, v: vec4f) { y[at] = float_quads_store(v); }
