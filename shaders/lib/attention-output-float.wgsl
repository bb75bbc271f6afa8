// Attention output in float: y[b,i,h,:] = sum_j p[b,h,i,j] v[b,j,h,:]; 8 rows x 8 channels per invocation, no barrier.
// p: [B*H*N, p_stride4] vec4, zero past column N. qkv: [B*N, qkv_stride4] vec4. y: [B*N, out_stride4] vec4, heads side by side.
// The module includes lib/float-quads-f32.wgsl or -f16.wgsl, which says how q, k, v and y are stored.
//include lib/attention-tokens.wgsl
//include lib/quads.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, p_stride4: u32, qkv_stride4: u32, value_offset4: u32, out_stride4: u32, images: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkv: array<FloatQuad>;
@group(0) @binding(3) var<storage, read_write> y: array<FloatQuad>;

fn attention_qkv(at: u32) -> vec4f { return float_quads_load(qkv[at]); }
fn attention_store(at: u32, v: vec4f) { y[at] = float_quads_store(v); }

fn attention_output_float(id: vec3u) {
  let channel4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.tokens || channel4 >= params.head4) { return; }
  let image = id.z / params.heads;
  let head = id.z % params.heads;
  let last = params.tokens - 1u;
  let pair = min(channel4 + 1u, params.head4 - 1u);
  let v_base = image * params.tokens * params.qkv_stride4 + params.value_offset4 + head * params.head4;
  let p_base = id.z * params.tokens;
  let r0 = (p_base + min(row + 0u, last)) * params.p_stride4; var a0 = vec4f(0.0); var b0 = vec4f(0.0);
  let r1 = (p_base + min(row + 1u, last)) * params.p_stride4; var a1 = vec4f(0.0); var b1 = vec4f(0.0);
  let r2 = (p_base + min(row + 2u, last)) * params.p_stride4; var a2 = vec4f(0.0); var b2 = vec4f(0.0);
  let r3 = (p_base + min(row + 3u, last)) * params.p_stride4; var a3 = vec4f(0.0); var b3 = vec4f(0.0);
  let r4 = (p_base + min(row + 4u, last)) * params.p_stride4; var a4 = vec4f(0.0); var b4 = vec4f(0.0);
  let r5 = (p_base + min(row + 5u, last)) * params.p_stride4; var a5 = vec4f(0.0); var b5 = vec4f(0.0);
  let r6 = (p_base + min(row + 6u, last)) * params.p_stride4; var a6 = vec4f(0.0); var b6 = vec4f(0.0);
  let r7 = (p_base + min(row + 7u, last)) * params.p_stride4; var a7 = vec4f(0.0); var b7 = vec4f(0.0);
  for (var j = 0u; j < params.p_stride4; j++) {
    let v = attention_tokens(v_base, 4u * j, last);
    let m0 = attention_qkv(v.x + channel4); let m1 = attention_qkv(v.y + channel4); let m2 = attention_qkv(v.z + channel4); let m3 = attention_qkv(v.w + channel4);
    let n0 = attention_qkv(v.x + pair); let n1 = attention_qkv(v.y + pair); let n2 = attention_qkv(v.z + pair); let n3 = attention_qkv(v.w + pair);
    let p0 = p[r0 + j]; a0 = quads_madd(a0, m0, m1, m2, m3, p0); b0 = quads_madd(b0, n0, n1, n2, n3, p0);
    let p1 = p[r1 + j]; a1 = quads_madd(a1, m0, m1, m2, m3, p1); b1 = quads_madd(b1, n0, n1, n2, n3, p1);
    let p2 = p[r2 + j]; a2 = quads_madd(a2, m0, m1, m2, m3, p2); b2 = quads_madd(b2, n0, n1, n2, n3, p2);
    let p3 = p[r3 + j]; a3 = quads_madd(a3, m0, m1, m2, m3, p3); b3 = quads_madd(b3, n0, n1, n2, n3, p3);
    let p4 = p[r4 + j]; a4 = quads_madd(a4, m0, m1, m2, m3, p4); b4 = quads_madd(b4, n0, n1, n2, n3, p4);
    let p5 = p[r5 + j]; a5 = quads_madd(a5, m0, m1, m2, m3, p5); b5 = quads_madd(b5, n0, n1, n2, n3, p5);
    let p6 = p[r6 + j]; a6 = quads_madd(a6, m0, m1, m2, m3, p6); b6 = quads_madd(b6, n0, n1, n2, n3, p6);
    let p7 = p[r7 + j]; a7 = quads_madd(a7, m0, m1, m2, m3, p7); b7 = quads_madd(b7, n0, n1, n2, n3, p7);
  }
  let out = image * params.tokens * params.out_stride4 + head * params.head4 + channel4;
  let sums = array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
  for (var t = 0u; t < 16u; t++) {
    let r = t / 2u;
    let c = t % 2u;
    if (row + r < params.tokens && channel4 + c < params.head4) { attention_store(out + (row + r) * params.out_stride4 + c, sums[t]); }
  }
}
