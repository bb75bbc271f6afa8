// Attention scores from u8 codes on f32 multiply-adds: exact while head_dim * (2^b - 1)^2 < 2^24.
//include lib/attention-scores-codes.wgsl
//include lib/attention-scores.wgsl
//include lib/attention-tokens.wgsl
//include lib/codes.wgsl

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = attention_scores_place(id);
  if (!place.exists) { return; }
  let q = attention_tokens(place.base, place.row, place.last); let r = attention_tokens(place.base, place.row + 4u, place.last);
  let key_base = place.base + params.key_offset4;
  let k = attention_tokens(key_base, place.column, place.last); let l = attention_tokens(key_base, place.column + 4u, place.last);
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
    let m0 = mat4x4f(codes_unpack(qkv[k.x + c]), codes_unpack(qkv[k.y + c]), codes_unpack(qkv[k.z + c]), codes_unpack(qkv[k.w + c]));
    let m1 = mat4x4f(codes_unpack(qkv[l.x + c]), codes_unpack(qkv[l.y + c]), codes_unpack(qkv[l.z + c]), codes_unpack(qkv[l.w + c]));
    ka += vec4f(1.0) * m0; kb += vec4f(1.0) * m1;
    let v0 = codes_unpack(qkv[q.x + c]); a0 += v0 * m0; b0 += v0 * m1; s0 += v0.x + v0.y + v0.z + v0.w;
    let v1 = codes_unpack(qkv[q.y + c]); a1 += v1 * m0; b1 += v1 * m1; s1 += v1.x + v1.y + v1.z + v1.w;
    let v2 = codes_unpack(qkv[q.z + c]); a2 += v2 * m0; b2 += v2 * m1; s2 += v2.x + v2.y + v2.z + v2.w;
    let v3 = codes_unpack(qkv[q.w + c]); a3 += v3 * m0; b3 += v3 * m1; s3 += v3.x + v3.y + v3.z + v3.w;
    let v4 = codes_unpack(qkv[r.x + c]); a4 += v4 * m0; b4 += v4 * m1; s4 += v4.x + v4.y + v4.z + v4.w;
    let v5 = codes_unpack(qkv[r.y + c]); a5 += v5 * m0; b5 += v5 * m1; s5 += v5.x + v5.y + v5.z + v5.w;
    let v6 = codes_unpack(qkv[r.z + c]); a6 += v6 * m0; b6 += v6 * m1; s6 += v6.x + v6.y + v6.z + v6.w;
    let v7 = codes_unpack(qkv[r.w + c]); a7 += v7 * m0; b7 += v7 * m1; s7 += v7.x + v7.y + v7.z + v7.w;
  }
  var sums = array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7));
  var q_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  var k_sums = array<vec4i, 2>(vec4i(ka), vec4i(kb));
  for (var t = 0u; t < 16u; t++) { attention_scores_store(id.z, place.row + t / 2u, place.column / 4u + t % 2u, sums[t], q_sums[t / 2u], k_sums[t % 2u]); }
}
