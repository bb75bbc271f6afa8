// Attention of 16 whole rows per workgroup, in float. The module declares what lib/attention-float-layer.wgsl declares.
//include lib/attention-tile.wgsl
//include lib/quads.wgsl

fn attention_tile_float(group: vec3u, local: u32) {
  let place = attention_tile_place(group);

  // Four queries and four keys per invocation; the next 64 keys follow.
  let r = (local / 16u) * 4u;
  let q = attention_tokens(place.base, place.row + r, place.last);
  for (var j = local % 16u; j < place.quads; j += 16u) {
    let k = attention_tokens(place.key_base, 4u * j, place.last);
    var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
    for (var c = 0u; c < params.head4; c++) {
      let m = transpose(mat4x4f(attention_qkv(k.x + c), attention_qkv(k.y + c), attention_qkv(k.z + c), attention_qkv(k.w + c)));
      a0 = quads_madd(a0, m[0], m[1], m[2], m[3], attention_qkv(q.x + c));
      a1 = quads_madd(a1, m[0], m[1], m[2], m[3], attention_qkv(q.y + c));
      a2 = quads_madd(a2, m[0], m[1], m[2], m[3], attention_qkv(q.z + c));
      a3 = quads_madd(a3, m[0], m[1], m[2], m[3], attention_qkv(q.w + c));
    }
    scores[60u * r + j] = a0 * params.scale;
    scores[60u * (r + 1u) + j] = a1 * params.scale;
    scores[60u * (r + 2u) + j] = a2 * params.scale;
    scores[60u * (r + 3u) + j] = a3 * params.scale;
  }
  workgroupBarrier();

  attention_tile_exponentials(local, place.quads);

  // Four queries and one quad of channels per invocation.
  for (var c = local % 16u; c < params.head4; c += 16u) {
    var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
    for (var j = 0u; j < place.quads; j++) {
      let v = attention_tokens(place.value_base, 4u * j, place.last);
      let m0 = attention_qkv(v.x + c); let m1 = attention_qkv(v.y + c); let m2 = attention_qkv(v.z + c); let m3 = attention_qkv(v.w + c);
      a0 = quads_madd(a0, m0, m1, m2, m3, scores[60u * r + j]);
      a1 = quads_madd(a1, m0, m1, m2, m3, scores[60u * (r + 1u) + j]);
      a2 = quads_madd(a2, m0, m1, m2, m3, scores[60u * (r + 2u) + j]);
      a3 = quads_madd(a3, m0, m1, m2, m3, scores[60u * (r + 3u) + j]);
    }
    let sums = array<vec4f, 4>(a0, a1, a2, a3);
    for (var t = 0u; t < 4u; t++) {
      let query = r + t;
      if (place.row + query < params.tokens) {
        let at = (place.image * params.tokens + place.row + query) * params.out_stride4 + place.head * params.head4 + c;
        attention_store(at, sums[t] * exact_reciprocal(vec4f(attention_tile_sum(query))).x);
      }
    }
  }
}
