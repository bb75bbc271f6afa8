// Attention of 8 whole rows per invocation, in integers. The module declares the alias Sum (vec4f or vec4i: what holds sums of P.V),
// attention_rows_v(word), four codes of v as a Sum, and attention_rows_madd(acc, b0, b1, b2, b3, a) = acc + a.x b0 + a.y b1 + a.z b2 + a.w b3.
//include lib/attention-codes-layer.wgsl
//include lib/attention-rows.wgsl
const KEY_SUMS = true;

// Bytes as floats with one shift: on software adapters a shift costs as much as four multiplications, a conversion from u32 twice one from i32.
fn attention_rows_qk(at: u32) -> vec4f {
  let word = qkv[at];
  let parts = vec4i(vec4u(word & 255u, word & 0xff00u, word & 0xff0000u, word >> 24u));
  return vec4f(parts) * vec4f(1.0, 0.00390625, 0.0000152587890625, 1.0);
}

fn attention_rows_value(at: u32) -> Sum { return attention_rows_v(qkv[at]); }

fn attention_rows_codes(place: AttentionRows) {
  let quads = attention_rows_quads();
  let head = place.head;
  var q_sums = array<i32, 8>();
  var q_scales = array<f32, 8>();
  var q_zeros = array<i32, 8>();
  var tops = array<vec4f, 8>();
  for (var r = 0u; r < 8u; r++) {
    let q = attention_rows_query(place, r);
    var sum = vec4f(0.0);
    for (var c = 0u; c < params.head4; c++) { sum += attention_rows_qk(q + c); }
    q_sums[r] = i32(sum.x + sum.y + sum.z + sum.w);
    let grid = attention_codes_query_grid(head, min(place.row + r, place.last));
    q_scales[r] = grid.x;
    q_zeros[r] = i32(grid.y);
    tops[r] = vec4f(-3.4e38);
  }
  for (var j4 = 0u; j4 < quads; j4 += 4u) {
    var block = attention_rows_products(place, j4);
    for (var h = 0u; h < 4u; h++) {
      let key = 4u * (j4 + h);
      let k_grids = attention_codes_key_grids(head, key);
      let k_zeros = vec4i(k_grids[1]);
      let k_sums = vec4i(block.key_sums[h]);
      let exists = vec4u(key) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens);
      for (var r = 0u; r < 8u; r++) {
        let s = attention_codes_score(codes_whole(block.q_k[8u * h + r]), q_sums[r], k_sums, q_scales[r], q_zeros[r], k_grids[0], k_zeros);
        scores[8u * (j4 + h) + r] = s;
        tops[r] = exact_max(tops[r], select(vec4f(-3.4e38), s, exists));
      }
    }
  }
  let count = attention_rows_count(place);
  var levels_of = array<i32, 8>();
  let tail = attention_rows_tail();
  for (var r = 0u; r < count; r++) {
    let sum = attention_rows_exponentials(r, tops[r]);
    let inverse = exact_reciprocal(vec4f(sum)).x;
    var all = Sum(0);
    for (var j = 0u; j < quads; j++) {
      var p = attention_codes_levels(scores[8u * j + r], sum, inverse);
      if (j + 1u == quads) { p = select(vec4f(0.0), p, tail); }
      scores[8u * j + r] = p;
      all += Sum(p);
    }
    levels_of[r] = i32(all.x + all.y + all.z + all.w);
  }
  let is_codes = params.quantize != 0u;
  for (var c = 0u; c < params.head4; c += 4u) {
    let c1 = min(c + 1u, params.head4 - 1u);
    let c2 = min(c + 2u, params.head4 - 1u);
    let c3 = min(c + 3u, params.head4 - 1u);
    var a0 = Sum(0); var b0 = Sum(0); var e0 = Sum(0); var f0 = Sum(0);
    var a1 = Sum(0); var b1 = Sum(0); var e1 = Sum(0); var f1 = Sum(0);
    var a2 = Sum(0); var b2 = Sum(0); var e2 = Sum(0); var f2 = Sum(0);
    var a3 = Sum(0); var b3 = Sum(0); var e3 = Sum(0); var f3 = Sum(0);
    var a4 = Sum(0); var b4 = Sum(0); var e4 = Sum(0); var f4 = Sum(0);
    var a5 = Sum(0); var b5 = Sum(0); var e5 = Sum(0); var f5 = Sum(0);
    var a6 = Sum(0); var b6 = Sum(0); var e6 = Sum(0); var f6 = Sum(0);
    var a7 = Sum(0); var b7 = Sum(0); var e7 = Sum(0); var f7 = Sum(0);
    for (var j4 = 0u; j4 < quads; j4++) {
      let words = attention_rows_words(place, place.value_base, 4u * j4);
      let m = attention_rows_values(words, c); let n = attention_rows_values(words, c1); let o = attention_rows_values(words, c2); let p = attention_rows_values(words, c3);
      let w0 = Sum(scores[8u * j4 + 0u]);
      a0 = attention_rows_madd(a0, m[0], m[1], m[2], m[3], w0); b0 = attention_rows_madd(b0, n[0], n[1], n[2], n[3], w0); e0 = attention_rows_madd(e0, o[0], o[1], o[2], o[3], w0); f0 = attention_rows_madd(f0, p[0], p[1], p[2], p[3], w0);
      let w1 = Sum(scores[8u * j4 + 1u]);
      a1 = attention_rows_madd(a1, m[0], m[1], m[2], m[3], w1); b1 = attention_rows_madd(b1, n[0], n[1], n[2], n[3], w1); e1 = attention_rows_madd(e1, o[0], o[1], o[2], o[3], w1); f1 = attention_rows_madd(f1, p[0], p[1], p[2], p[3], w1);
      let w2 = Sum(scores[8u * j4 + 2u]);
      a2 = attention_rows_madd(a2, m[0], m[1], m[2], m[3], w2); b2 = attention_rows_madd(b2, n[0], n[1], n[2], n[3], w2); e2 = attention_rows_madd(e2, o[0], o[1], o[2], o[3], w2); f2 = attention_rows_madd(f2, p[0], p[1], p[2], p[3], w2);
      let w3 = Sum(scores[8u * j4 + 3u]);
      a3 = attention_rows_madd(a3, m[0], m[1], m[2], m[3], w3); b3 = attention_rows_madd(b3, n[0], n[1], n[2], n[3], w3); e3 = attention_rows_madd(e3, o[0], o[1], o[2], o[3], w3); f3 = attention_rows_madd(f3, p[0], p[1], p[2], p[3], w3);
      let w4 = Sum(scores[8u * j4 + 4u]);
      a4 = attention_rows_madd(a4, m[0], m[1], m[2], m[3], w4); b4 = attention_rows_madd(b4, n[0], n[1], n[2], n[3], w4); e4 = attention_rows_madd(e4, o[0], o[1], o[2], o[3], w4); f4 = attention_rows_madd(f4, p[0], p[1], p[2], p[3], w4);
      let w5 = Sum(scores[8u * j4 + 5u]);
      a5 = attention_rows_madd(a5, m[0], m[1], m[2], m[3], w5); b5 = attention_rows_madd(b5, n[0], n[1], n[2], n[3], w5); e5 = attention_rows_madd(e5, o[0], o[1], o[2], o[3], w5); f5 = attention_rows_madd(f5, p[0], p[1], p[2], p[3], w5);
      let w6 = Sum(scores[8u * j4 + 6u]);
      a6 = attention_rows_madd(a6, m[0], m[1], m[2], m[3], w6); b6 = attention_rows_madd(b6, n[0], n[1], n[2], n[3], w6); e6 = attention_rows_madd(e6, o[0], o[1], o[2], o[3], w6); f6 = attention_rows_madd(f6, p[0], p[1], p[2], p[3], w6);
      let w7 = Sum(scores[8u * j4 + 7u]);
      a7 = attention_rows_madd(a7, m[0], m[1], m[2], m[3], w7); b7 = attention_rows_madd(b7, n[0], n[1], n[2], n[3], w7); e7 = attention_rows_madd(e7, o[0], o[1], o[2], o[3], w7); f7 = attention_rows_madd(f7, p[0], p[1], p[2], p[3], w7);
    }
    let sums = array<Sum, 32>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7);
    for (var t = 0u; t < min(4u, params.head4 - c); t++) {
      let at = place.head * params.head4 + c + t;
      let column = attention_codes_column(at);
      let word = (place.image * params.tokens + place.row) * params.out_stride4 + at;
      // A loop for each, since a software adapter has no cheap branch, and no cost of a loop that is not entered.
      for (var r = select(count, 0u, is_codes); r < count; r++) {
        attention_codes_store(word + r * params.out_stride4, attention_codes_value(column, vec4i(sums[8u * t + r]), levels_of[r]), column);
      }
      for (var r = select(0u, count, is_codes); r < count; r++) {
        attention_codes_store_floats(word + r * params.out_stride4, attention_codes_value(column, vec4i(sums[8u * t + r]), levels_of[r]));
      }
    }
  }
}
