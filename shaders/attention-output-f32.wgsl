// Attention output in float: y[b,i,h,:] = sum_j p[b,h,i,j] v[b,j,h,:]; 8 rows x 8 channels per invocation, no barrier.
// p: [B*H*N, p_stride4] vec4, zero past column N. qkv: [B*N, qkv_stride4] vec4. y: [B*N, out_stride4] vec4, heads side by side.
//include lib/attention-output-float.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, p_stride4: u32, qkv_stride4: u32, value_offset4: u32, out_stride4: u32, images: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn attention_qkv(at: u32) -> vec4f { return qkv[at]; }
fn attention_store(at: u32, v: vec4f) { y[at] = v; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) { attention_output_float(id); }
