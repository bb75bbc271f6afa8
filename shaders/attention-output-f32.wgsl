// Attention output in float: y[b,i,h,:] = sum_j p[b,h,i,j] v[b,j,h,:]; 8 rows x 8 channels per invocation, no barrier.
// p: [B*H*N, p_stride4] vec4, zero past column N. qkv: [B*N, qkv_stride4] vec4. y: [B*N, out_stride4] vec4, heads side by side.
struct Params { tokens: u32, heads: u32, head4: u32, p_stride4: u32, qkv_stride4: u32, value_offset4: u32, out_stride4: u32, images: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return fma(b3, vec4f(a.w), fma(b2, vec4f(a.z), fma(b1, vec4f(a.y), fma(b0, vec4f(a.x), acc))));
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
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
    let v0 = v_base + min(4u * j, last) * params.qkv_stride4;
    let v1 = v_base + min(4u * j + 1u, last) * params.qkv_stride4;
    let v2 = v_base + min(4u * j + 2u, last) * params.qkv_stride4;
    let v3 = v_base + min(4u * j + 3u, last) * params.qkv_stride4;
    let m0 = qkv[v0 + channel4]; let m1 = qkv[v1 + channel4]; let m2 = qkv[v2 + channel4]; let m3 = qkv[v3 + channel4];
    let n0 = qkv[v0 + pair]; let n1 = qkv[v1 + pair]; let n2 = qkv[v2 + pair]; let n3 = qkv[v3 + pair];
    let p0 = p[r0 + j]; a0 = madd(a0, m0, m1, m2, m3, p0); b0 = madd(b0, n0, n1, n2, n3, p0);
    let p1 = p[r1 + j]; a1 = madd(a1, m0, m1, m2, m3, p1); b1 = madd(b1, n0, n1, n2, n3, p1);
    let p2 = p[r2 + j]; a2 = madd(a2, m0, m1, m2, m3, p2); b2 = madd(b2, n0, n1, n2, n3, p2);
    let p3 = p[r3 + j]; a3 = madd(a3, m0, m1, m2, m3, p3); b3 = madd(b3, n0, n1, n2, n3, p3);
    let p4 = p[r4 + j]; a4 = madd(a4, m0, m1, m2, m3, p4); b4 = madd(b4, n0, n1, n2, n3, p4);
    let p5 = p[r5 + j]; a5 = madd(a5, m0, m1, m2, m3, p5); b5 = madd(b5, n0, n1, n2, n3, p5);
    let p6 = p[r6 + j]; a6 = madd(a6, m0, m1, m2, m3, p6); b6 = madd(b6, n0, n1, n2, n3, p6);
    let p7 = p[r7 + j]; a7 = madd(a7, m0, m1, m2, m3, p7); b7 = madd(b7, n0, n1, n2, n3, p7);
  }
  let out = image * params.tokens * params.out_stride4 + head * params.head4 + channel4;
  if (row + 0u < params.tokens) { y[out + (row + 0u) * params.out_stride4] = a0; if (channel4 + 1u < params.head4) { y[out + (row + 0u) * params.out_stride4 + 1u] = b0; } }
  if (row + 1u < params.tokens) { y[out + (row + 1u) * params.out_stride4] = a1; if (channel4 + 1u < params.head4) { y[out + (row + 1u) * params.out_stride4 + 1u] = b1; } }
  if (row + 2u < params.tokens) { y[out + (row + 2u) * params.out_stride4] = a2; if (channel4 + 1u < params.head4) { y[out + (row + 2u) * params.out_stride4 + 1u] = b2; } }
  if (row + 3u < params.tokens) { y[out + (row + 3u) * params.out_stride4] = a3; if (channel4 + 1u < params.head4) { y[out + (row + 3u) * params.out_stride4 + 1u] = b3; } }
  if (row + 4u < params.tokens) { y[out + (row + 4u) * params.out_stride4] = a4; if (channel4 + 1u < params.head4) { y[out + (row + 4u) * params.out_stride4 + 1u] = b4; } }
  if (row + 5u < params.tokens) { y[out + (row + 5u) * params.out_stride4] = a5; if (channel4 + 1u < params.head4) { y[out + (row + 5u) * params.out_stride4 + 1u] = b5; } }
  if (row + 6u < params.tokens) { y[out + (row + 6u) * params.out_stride4] = a6; if (channel4 + 1u < params.head4) { y[out + (row + 6u) * params.out_stride4 + 1u] = b6; } }
  if (row + 7u < params.tokens) { y[out + (row + 7u) * params.out_stride4] = a7; if (channel4 + 1u < params.head4) { y[out + (row + 7u) * params.out_stride4 + 1u] = b7; } }
}
