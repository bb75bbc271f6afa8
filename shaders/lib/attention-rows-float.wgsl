// Attention of 8 whole rows per invocation, in float. The module includes what lib/attention-float-layer.wgsl and lib/attention-rows.wgsl ask for.
//include lib/attention-rows.wgsl
const KEY_SUMS = false;
alias Sum = vec4f;

fn attention_rows_qk(at: u32) -> vec4f { return attention_qkv(at); }
fn attention_rows_value(at: u32) -> Sum { return attention_qkv(at); }

fn attention_rows_float(place: AttentionRows) {
  let quads = attention_rows_quads();
  var tops = array<vec4f, 8>();
  for (var r = 0u; r < 8u; r++) { tops[r] = vec4f(-3.4e38); }
  for (var j4 = 0u; j4 < quads; j4 += 4u) {
    var block = attention_rows_products(place, j4);
    // Keys past the last one repeat it: they change no maximum.
    for (var t = 0u; t < 32u; t++) {
      let s = block.q_k[t] * params.scale;
      scores[8u * j4 + t] = s;
      tops[t % 8u] = exact_max(tops[t % 8u], s);
    }
  }
  let count = attention_rows_count(place);
  var inverses = array<f32, 8>();
  for (var r = 0u; r < count; r++) { inverses[r] = exact_reciprocal(vec4f(attention_rows_exponentials(r, tops[r]))).x; }
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
    for (var j4 = 0u; j4 < quads; j4++) {
      let words = attention_rows_words(place, place.value_base, 4u * j4);
      let m = attention_rows_values(words, c); let n = attention_rows_values(words, c1); let o = attention_rows_values(words, c2); let p = attention_rows_values(words, c3);
      let w0 = scores[8u * j4 + 0u];
      a0 = quads_madd(a0, m[0], m[1], m[2], m[3], w0); b0 = quads_madd(b0, n[0], n[1], n[2], n[3], w0); e0 = quads_madd(e0, o[0], o[1], o[2], o[3], w0); d0 = quads_madd(d0, p[0], p[1], p[2], p[3], w0);
      let w1 = scores[8u * j4 + 1u];
      a1 = quads_madd(a1, m[0], m[1], m[2], m[3], w1); b1 = quads_madd(b1, n[0], n[1], n[2], n[3], w1); e1 = quads_madd(e1, o[0], o[1], o[2], o[3], w1); d1 = quads_madd(d1, p[0], p[1], p[2], p[3], w1);
      let w2 = scores[8u * j4 + 2u];
      a2 = quads_madd(a2, m[0], m[1], m[2], m[3], w2); b2 = quads_madd(b2, n[0], n[1], n[2], n[3], w2); e2 = quads_madd(e2, o[0], o[1], o[2], o[3], w2); d2 = quads_madd(d2, p[0], p[1], p[2], p[3], w2);
      let w3 = scores[8u * j4 + 3u];
      a3 = quads_madd(a3, m[0], m[1], m[2], m[3], w3); b3 = quads_madd(b3, n[0], n[1], n[2], n[3], w3); e3 = quads_madd(e3, o[0], o[1], o[2], o[3], w3); d3 = quads_madd(d3, p[0], p[1], p[2], p[3], w3);
      let w4 = scores[8u * j4 + 4u];
      a4 = quads_madd(a4, m[0], m[1], m[2], m[3], w4); b4 = quads_madd(b4, n[0], n[1], n[2], n[3], w4); e4 = quads_madd(e4, o[0], o[1], o[2], o[3], w4); d4 = quads_madd(d4, p[0], p[1], p[2], p[3], w4);
      let w5 = scores[8u * j4 + 5u];
      a5 = quads_madd(a5, m[0], m[1], m[2], m[3], w5); b5 = quads_madd(b5, n[0], n[1], n[2], n[3], w5); e5 = quads_madd(e5, o[0], o[1], o[2], o[3], w5); d5 = quads_madd(d5, p[0], p[1], p[2], p[3], w5);
      let w6 = scores[8u * j4 + 6u];
      a6 = quads_madd(a6, m[0], m[1], m[2], m[3], w6); b6 = quads_madd(b6, n[0], n[1], n[2], n[3], w6); e6 = quads_madd(e6, o[0], o[1], o[2], o[3], w6); d6 = quads_madd(d6, p[0], p[1], p[2], p[3], w6);
      let w7 = scores[8u * j4 + 7u];
      a7 = quads_madd(a7, m[0], m[1], m[2], m[3], w7); b7 = quads_madd(b7, n[0], n[1], n[2], n[3], w7); e7 = quads_madd(e7, o[0], o[1], o[2], o[3], w7); d7 = quads_madd(d7, p[0], p[1], p[2], p[3], w7);
    }
    let sums = array<vec4f, 32>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, e0, e1, e2, e3, e4, e5, e6, e7, d0, d1, d2, d3, d4, d5, d6, d7);
    for (var t = 0u; t < min(4u, params.head4 - c); t++) {
      let first = (place.image * params.tokens + place.row) * params.out_stride4 + place.head * params.head4 + c + t;
      for (var r = 0u; r < count; r++) { attention_store(first + r * params.out_stride4, sums[8u * t + r] * inverses[r]); }
    }
  }
}
