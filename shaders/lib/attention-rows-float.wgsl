// Attention of 8 whole rows per invocation, in float. The module declares what lib/attention-float-layer.wgsl declares.
//include lib/attention-rows.wgsl
const KEY_SUMS = false;

fn attention_rows_qk(at: u32) -> vec4f { return attention_qkv(at); }

fn attention_rows_float(id: vec3u, groups: vec3u) {
  let place = attention_rows_place(id, groups);
  if (!place.exists) { return; }
  var tops = array<vec4f, 8>();
  for (var r = 0u; r < 8u; r++) { tops[r] = vec4f(-3.4e38); }
  for (var j4 = 0u; j4 < place.quads; j4 += 2u) {
    var block = attention_rows_products(place, j4);
    // Keys past the last one repeat it: they change no maximum.
    for (var t = 0u; t < 16u; t++) {
      let s = block.q_k[t] * params.scale;
      scores[8u * j4 + t] = s;
      tops[t % 8u] = exact_max(tops[t % 8u], s);
    }
  }
  var inverses = array<f32, 8>();
  for (var r = 0u; r < 8u; r++) { inverses[r] = exact_reciprocal(vec4f(attention_rows_exponentials(place, r, tops[r]))).x; }
  for (var c = 0u; c < params.head4; c += 4u) {
    let c1 = min(c + 1u, params.head4 - 1u);
    let c2 = min(c + 2u, params.head4 - 1u);
    let c3 = min(c + 3u, params.head4 - 1u);
    var a0 = vec4f(0.0); var b0 = vec4f(0.0); var e0 = vec4f(0.0); var d0 = vec4f(0.0);
    var a1 = vec4f(0.0); var b1 = vec4f(0.0); var e1 = vec4f(0.0); var d1 = vec4f(0.0);
    var a2 = vec4f(0.0); var b2 = vec4f(0.0); var e2 = vec4f(0.0); var d2 = vec4f(0.0);
    var a3 = vec4f(0.0); var b3 = vec4f(0.0); var e3 = vec4f(0.0); var d3 = vec4f(0.0);
    var a4 = vec4f(0.0); var b4 = vec4f(0.0); var e4 = vec4f(0.0); var d4 = vec4f(0.0);
    var a5 = vec4f(0.0); var b5 = vec4f(0.0); var e5 = vec4f(0.0); var d5 = vec4f(0.0);
    var a6 = vec4f(0.0); var b6 = vec4f(0.0); var e6 = vec4f(0.0); var d6 = vec4f(0.0);
    var a7 = vec4f(0.0); var b7 = vec4f(0.0); var e7 = vec4f(0.0); var d7 = vec4f(0.0);
    for (var j4 = 0u; j4 < place.quads; j4++) {
      let v = attention_tokens(place.value_base, 4u * j4, place.last);
      let m0 = attention_qkv(v.x + c); let m1 = attention_qkv(v.y + c); let m2 = attention_qkv(v.z + c); let m3 = attention_qkv(v.w + c);
      let n0 = attention_qkv(v.x + c1); let n1 = attention_qkv(v.y + c1); let n2 = attention_qkv(v.z + c1); let n3 = attention_qkv(v.w + c1);
      let o0 = attention_qkv(v.x + c2); let o1 = attention_qkv(v.y + c2); let o2 = attention_qkv(v.z + c2); let o3 = attention_qkv(v.w + c2);
      let p0 = attention_qkv(v.x + c3); let p1 = attention_qkv(v.y + c3); let p2 = attention_qkv(v.z + c3); let p3 = attention_qkv(v.w + c3);
      let w0 = scores[8u * j4 + 0u];
      a0 = quads_madd(a0, m0, m1, m2, m3, w0); b0 = quads_madd(b0, n0, n1, n2, n3, w0); e0 = quads_madd(e0, o0, o1, o2, o3, w0); d0 = quads_madd(d0, p0, p1, p2, p3, w0);
      let w1 = scores[8u * j4 + 1u];
      a1 = quads_madd(a1, m0, m1, m2, m3, w1); b1 = quads_madd(b1, n0, n1, n2, n3, w1); e1 = quads_madd(e1, o0, o1, o2, o3, w1); d1 = quads_madd(d1, p0, p1, p2, p3, w1);
      let w2 = scores[8u * j4 + 2u];
      a2 = quads_madd(a2, m0, m1, m2, m3, w2); b2 = quads_madd(b2, n0, n1, n2, n3, w2); e2 = quads_madd(e2, o0, o1, o2, o3, w2); d2 = quads_madd(d2, p0, p1, p2, p3, w2);
      let w3 = scores[8u * j4 + 3u];
      a3 = quads_madd(a3, m0, m1, m2, m3, w3); b3 = quads_madd(b3, n0, n1, n2, n3, w3); e3 = quads_madd(e3, o0, o1, o2, o3, w3); d3 = quads_madd(d3, p0, p1, p2, p3, w3);
      let w4 = scores[8u * j4 + 4u];
      a4 = quads_madd(a4, m0, m1, m2, m3, w4); b4 = quads_madd(b4, n0, n1, n2, n3, w4); e4 = quads_madd(e4, o0, o1, o2, o3, w4); d4 = quads_madd(d4, p0, p1, p2, p3, w4);
      let w5 = scores[8u * j4 + 5u];
      a5 = quads_madd(a5, m0, m1, m2, m3, w5); b5 = quads_madd(b5, n0, n1, n2, n3, w5); e5 = quads_madd(e5, o0, o1, o2, o3, w5); d5 = quads_madd(d5, p0, p1, p2, p3, w5);
      let w6 = scores[8u * j4 + 6u];
      a6 = quads_madd(a6, m0, m1, m2, m3, w6); b6 = quads_madd(b6, n0, n1, n2, n3, w6); e6 = quads_madd(e6, o0, o1, o2, o3, w6); d6 = quads_madd(d6, p0, p1, p2, p3, w6);
      let w7 = scores[8u * j4 + 7u];
      a7 = quads_madd(a7, m0, m1, m2, m3, w7); b7 = quads_madd(b7, n0, n1, n2, n3, w7); e7 = quads_madd(e7, o0, o1, o2, o3, w7); d7 = quads_madd(d7, p0, p1, p2, p3, w7);
    }
    let sums = array<vec4f, 32>(a0, b0, e0, d0, a1, b1, e1, d1, a2, b2, e2, d2, a3, b3, e3, d3, a4, b4, e4, d4, a5, b5, e5, d5, a6, b6, e6, d6, a7, b7, e7, d7);
    for (var t = 0u; t < 32u; t++) {
      let r = t / 4u;
      let channel4 = c + t % 4u;
      if (place.row + r < params.tokens && channel4 < params.head4) {
        attention_store((place.image * params.tokens + place.row + r) * params.out_stride4 + place.head * params.head4 + channel4, sums[t] * inverses[r]);
      }
    }
  }
}
