requires packed_4x8_integer_dot_product;
// Attention scores from u8 codes on the packed integer dot product, accumulated in 32 bits.
//include lib/attention-scores-codes.wgsl
//include lib/attention-scores.wgsl
//include lib/attention-tokens.wgsl
//include lib/dots.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = attention_scores_place(id);
  if (!place.exists) { return; }
  let q = attention_tokens(place.base, place.row, place.last); let r = attention_tokens(place.base, place.row + 4u, place.last);
  let key_base = place.base + params.key_offset4;
  let k = attention_tokens(key_base, place.column, place.last); let l = attention_tokens(key_base, place.column + 4u, place.last);
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
    let m0 = vec4u(qkv[k.x + c], qkv[k.y + c], qkv[k.z + c], qkv[k.w + c]);
    let m1 = vec4u(qkv[l.x + c], qkv[l.y + c], qkv[l.z + c], qkv[l.w + c]);
    ka += dots_four(0x01010101u, m0); kb += dots_four(0x01010101u, m1);
    let v0 = qkv[q.x + c]; a0 += dots_four(v0, m0); b0 += dots_four(v0, m1); s0 += dot4U8Packed(v0, 0x01010101u);
    let v1 = qkv[q.y + c]; a1 += dots_four(v1, m0); b1 += dots_four(v1, m1); s1 += dot4U8Packed(v1, 0x01010101u);
    let v2 = qkv[q.z + c]; a2 += dots_four(v2, m0); b2 += dots_four(v2, m1); s2 += dot4U8Packed(v2, 0x01010101u);
    let v3 = qkv[q.w + c]; a3 += dots_four(v3, m0); b3 += dots_four(v3, m1); s3 += dot4U8Packed(v3, 0x01010101u);
    let v4 = qkv[r.x + c]; a4 += dots_four(v4, m0); b4 += dots_four(v4, m1); s4 += dot4U8Packed(v4, 0x01010101u);
    let v5 = qkv[r.y + c]; a5 += dots_four(v5, m0); b5 += dots_four(v5, m1); s5 += dot4U8Packed(v5, 0x01010101u);
    let v6 = qkv[r.z + c]; a6 += dots_four(v6, m0); b6 += dots_four(v6, m1); s6 += dot4U8Packed(v6, 0x01010101u);
    let v7 = qkv[r.w + c]; a7 += dots_four(v7, m0); b7 += dots_four(v7, m1); s7 += dot4U8Packed(v7, 0x01010101u);
  }
  var sums = array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7));
  var q_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  var k_sums = array<vec4i, 2>(vec4i(ka), vec4i(kb));
  for (var t = 0u; t < 16u; t++) { attention_scores_store(id.z, place.row + t / 2u, place.column / 4u + t % 2u, sums[t], q_sums[t / 2u], k_sums[t % 2u]); }
}
