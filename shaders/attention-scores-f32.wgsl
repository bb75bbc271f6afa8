// Attention scores in float: y[b,h,i,j] = scale * q[b,i,h,:] . k[b,j,h,:]; 8 x 8 register block, no barrier.
// qkv: [B*N, stride] vec4 (columns q, k, v, each head-major). y: [B*H*N, out_stride4] vec4; columns past N are unspecified but finite.
//include lib/attention-scores-float.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, out_stride4: u32, images: u32, scale: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

fn attention_qkv(at: u32) -> vec4f { return qkv[at]; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { attention_scores_float(id); }
