// Attention scores from u8 codes on f32 multiply-adds: exact while head_dim * (2^b - 1)^2 < 2^24.
// exact = sum q k - k_zero * sum q - q_zero * sum k + head_dim * q_zero * k_zero; y = f32(exact) * (q_scale * k_scale).
// grids: [H, q_entries] then [H, k_entries] pairs (scale, zero point) of q and of k: one entry per head, or one per token of each head.
// Codes past the head's true width are 0. y: [B*H*N, out_stride4] vec4 f32; columns past N are unspecified but finite.
//include lib/codes.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, out_stride4: u32, images: u32, head_dim: u32, q_entries: u32, k_entries: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<u32>;
@group(0) @binding(2) var<storage, read> grids: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

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
  var ka = vec4f(0.0); var kb = vec4f(0.0);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0); var s0 = 0.0;
  var a1 = vec4f(0.0); var b1 = vec4f(0.0); var s1 = 0.0;
  var a2 = vec4f(0.0); var b2 = vec4f(0.0); var s2 = 0.0;
  var a3 = vec4f(0.0); var b3 = vec4f(0.0); var s3 = 0.0;
  var a4 = vec4f(0.0); var b4 = vec4f(0.0); var s4 = 0.0;
  var a5 = vec4f(0.0); var b5 = vec4f(0.0); var s5 = 0.0;
  var a6 = vec4f(0.0); var b6 = vec4f(0.0); var s6 = 0.0;
  var a7 = vec4f(0.0); var b7 = vec4f(0.0); var s7 = 0.0;
  for (var c = 0u; c < params.head4; c++) {
    let m0 = mat4x4f(codes_unpack(qkv[k0 + c]), codes_unpack(qkv[k1 + c]), codes_unpack(qkv[k2 + c]), codes_unpack(qkv[k3 + c]));
    let m1 = mat4x4f(codes_unpack(qkv[k4 + c]), codes_unpack(qkv[k5 + c]), codes_unpack(qkv[k6 + c]), codes_unpack(qkv[k7 + c]));
    ka += vec4f(1.0) * m0; kb += vec4f(1.0) * m1;
    let v0 = codes_unpack(qkv[q0 + c]); a0 += v0 * m0; b0 += v0 * m1; s0 += v0.x + v0.y + v0.z + v0.w;
    let v1 = codes_unpack(qkv[q1 + c]); a1 += v1 * m0; b1 += v1 * m1; s1 += v1.x + v1.y + v1.z + v1.w;
    let v2 = codes_unpack(qkv[q2 + c]); a2 += v2 * m0; b2 += v2 * m1; s2 += v2.x + v2.y + v2.z + v2.w;
    let v3 = codes_unpack(qkv[q3 + c]); a3 += v3 * m0; b3 += v3 * m1; s3 += v3.x + v3.y + v3.z + v3.w;
    let v4 = codes_unpack(qkv[q4 + c]); a4 += v4 * m0; b4 += v4 * m1; s4 += v4.x + v4.y + v4.z + v4.w;
    let v5 = codes_unpack(qkv[q5 + c]); a5 += v5 * m0; b5 += v5 * m1; s5 += v5.x + v5.y + v5.z + v5.w;
    let v6 = codes_unpack(qkv[q6 + c]); a6 += v6 * m0; b6 += v6 * m1; s6 += v6.x + v6.y + v6.z + v6.w;
    let v7 = codes_unpack(qkv[q7 + c]); a7 += v7 * m0; b7 += v7 * m1; s7 += v7.x + v7.y + v7.z + v7.w;
  }
  var sums = array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7));
  var q_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  var k_sums = array<vec4i, 2>(vec4i(ka), vec4i(kb));
  for (var t = 0u; t < 16u; t++) { store(id.z, row + t / 2u, column / 4u + t % 2u, sums[t], q_sums[t / 2u], k_sums[t % 2u]); }
}
