requires packed_4x8_integer_dot_product;
// Attention scores from u8 codes on the packed integer dot product, accumulated in 32 bits.
// exact = sum q k - k_zero * sum q - q_zero * sum k + head_dim * q_zero * k_zero; y = f32(exact) * (q_scale * k_scale).
// grids: [H, q_entries] then [H, k_entries] pairs (scale, zero point) of q and of k: one entry per head, or one per token of each head.
// Codes past the head's true width are 0. y: [B*H*N, out_stride4] vec4 f32; columns past N are unspecified but finite.
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, out_stride4: u32, images: u32, head_dim: u32, q_entries: u32, k_entries: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<u32>;
@group(0) @binding(2) var<storage, read> grids: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn dots(a: u32, b: vec4u) -> vec4u {
  return vec4u(dot4U8Packed(a, b.x), dot4U8Packed(a, b.y), dot4U8Packed(a, b.z), dot4U8Packed(a, b.w));
}

fn key_grid(head: u32, token: u32) -> vec2f {
  return grids[params.heads * params.q_entries + head * params.k_entries + min(token, params.k_entries - 1u)];
}

fn store(map: u32, row: u32, column4: u32, sum: vec4i, q_sum: i32, k_sum: vec4i) {
  if (row >= params.tokens || column4 >= params.out_stride4) { return; }
  let head = map % params.heads;
  let q = grids[head * params.q_entries + min(row, params.q_entries - 1u)];
  let k = mat4x2f(key_grid(head, 4u * column4), key_grid(head, 4u * column4 + 1u), key_grid(head, 4u * column4 + 2u), key_grid(head, 4u * column4 + 3u));
  let q_zero = i32(q.y);
  let k_zero = vec4i(vec4f(k[0].y, k[1].y, k[2].y, k[3].y));
  let exact = sum - k_zero * q_sum - q_zero * k_sum + i32(params.head_dim) * q_zero * k_zero;
  y[(map * params.tokens + row) * params.out_stride4 + column4] = vec4f(exact) * (q.x * vec4f(k[0].x, k[1].x, k[2].x, k[3].x));
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x * 8u;
  let row = id.y * 8u;
  if (row >= params.tokens || column >= params.tokens) { return; }
  let image = id.z / params.heads;
  let head = id.z % params.heads;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  let last = params.tokens - 1u;
  let q0 = base + min(row + 0u, last) * params.qkv_stride4; let k0 = base + params.key_offset4 + min(column + 0u, last) * params.qkv_stride4;
  let q1 = base + min(row + 1u, last) * params.qkv_stride4; let k1 = base + params.key_offset4 + min(column + 1u, last) * params.qkv_stride4;
  let q2 = base + min(row + 2u, last) * params.qkv_stride4; let k2 = base + params.key_offset4 + min(column + 2u, last) * params.qkv_stride4;
  let q3 = base + min(row + 3u, last) * params.qkv_stride4; let k3 = base + params.key_offset4 + min(column + 3u, last) * params.qkv_stride4;
  let q4 = base + min(row + 4u, last) * params.qkv_stride4; let k4 = base + params.key_offset4 + min(column + 4u, last) * params.qkv_stride4;
  let q5 = base + min(row + 5u, last) * params.qkv_stride4; let k5 = base + params.key_offset4 + min(column + 5u, last) * params.qkv_stride4;
  let q6 = base + min(row + 6u, last) * params.qkv_stride4; let k6 = base + params.key_offset4 + min(column + 6u, last) * params.qkv_stride4;
  let q7 = base + min(row + 7u, last) * params.qkv_stride4; let k7 = base + params.key_offset4 + min(column + 7u, last) * params.qkv_stride4;
  var ka = vec4u(0u); var kb = vec4u(0u);
  var a0 = vec4u(0u); var b0 = vec4u(0u); var s0 = 0u;
  var a1 = vec4u(0u); var b1 = vec4u(0u); var s1 = 0u;
  var a2 = vec4u(0u); var b2 = vec4u(0u); var s2 = 0u;
  var a3 = vec4u(0u); var b3 = vec4u(0u); var s3 = 0u;
  var a4 = vec4u(0u); var b4 = vec4u(0u); var s4 = 0u;
  var a5 = vec4u(0u); var b5 = vec4u(0u); var s5 = 0u;
  var a6 = vec4u(0u); var b6 = vec4u(0u); var s6 = 0u;
  var a7 = vec4u(0u); var b7 = vec4u(0u); var s7 = 0u;
  for (var c = 0u; c < params.head4; c++) {
    let m0 = vec4u(qkv[k0 + c], qkv[k1 + c], qkv[k2 + c], qkv[k3 + c]);
    let m1 = vec4u(qkv[k4 + c], qkv[k5 + c], qkv[k6 + c], qkv[k7 + c]);
    ka += dots(0x01010101u, m0); kb += dots(0x01010101u, m1);
    let v0 = qkv[q0 + c]; a0 += dots(v0, m0); b0 += dots(v0, m1); s0 += dot4U8Packed(v0, 0x01010101u);
    let v1 = qkv[q1 + c]; a1 += dots(v1, m0); b1 += dots(v1, m1); s1 += dot4U8Packed(v1, 0x01010101u);
    let v2 = qkv[q2 + c]; a2 += dots(v2, m0); b2 += dots(v2, m1); s2 += dot4U8Packed(v2, 0x01010101u);
    let v3 = qkv[q3 + c]; a3 += dots(v3, m0); b3 += dots(v3, m1); s3 += dot4U8Packed(v3, 0x01010101u);
    let v4 = qkv[q4 + c]; a4 += dots(v4, m0); b4 += dots(v4, m1); s4 += dot4U8Packed(v4, 0x01010101u);
    let v5 = qkv[q5 + c]; a5 += dots(v5, m0); b5 += dots(v5, m1); s5 += dot4U8Packed(v5, 0x01010101u);
    let v6 = qkv[q6 + c]; a6 += dots(v6, m0); b6 += dots(v6, m1); s6 += dot4U8Packed(v6, 0x01010101u);
    let v7 = qkv[q7 + c]; a7 += dots(v7, m0); b7 += dots(v7, m1); s7 += dot4U8Packed(v7, 0x01010101u);
  }
  var sums = array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7));
  var q_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  var k_sums = array<vec4i, 2>(vec4i(ka), vec4i(kb));
  for (var t = 0u; t < 16u; t++) { store(id.z, row + t / 2u, column / 4u + t % 2u, sums[t], q_sums[t / 2u], k_sums[t % 2u]); }
}
