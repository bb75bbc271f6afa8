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

// Levels of a quad of probabilities that count in a turn: those without a factor sqrt(2), then those with it.
fn attention_rows_levels(at: u32, turn: u32) -> Sum {
  let p = Sum(scores[at]);
  if (params.odd == 0u) { return p; }
  let signed = select(p, -p, turn == 1u);
  return select(Sum(0), signed, signed > Sum(0));
}

fn attention_rows_codes(id: vec3u, groups: vec3u) {
  let place = attention_rows_place(id, groups);
  if (!place.exists) { return; }
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
  for (var j4 = 0u; j4 < place.quads; j4 += 2u) {
    var block = attention_rows_products(place, j4);
    for (var h = 0u; h < 2u; h++) {
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
  var even_levels = array<i32, 8>();
  var odd_levels = array<i32, 8>();
  let tail = attention_rows_tail(place);
  for (var r = 0u; r < 8u; r++) {
    let sum = attention_rows_exponentials(place, r, tops[r]);
    var even = Sum(0); var odd = Sum(0);
    for (var j = 0u; j < place.quads; j++) {
      let e = scores[8u * j + r];
      var p = vec4f(attention_codes_level(e.x, sum), attention_codes_level(e.y, sum), attention_codes_level(e.z, sum), attention_codes_level(e.w, sum));
      if (j + 1u == place.quads) { p = select(vec4f(0.0), p, tail); }
      scores[8u * j + r] = p;
      let level = Sum(p);
      let is_odd = level < Sum(0);
      if (params.odd != 0u) { even += select(level, Sum(0), is_odd); odd += select(Sum(0), -level, is_odd); } else { even += level; }
    }
    even_levels[r] = i32(even.x + even.y + even.z + even.w);
    odd_levels[r] = i32(odd.x + odd.y + odd.z + odd.w);
  }
  // Levels with a factor sqrt(2) have sums of their own, in a second turn over the keys.
  for (var c = 0u; c < params.head4; c += 4u) {
    let c1 = min(c + 1u, params.head4 - 1u);
    let c2 = min(c + 2u, params.head4 - 1u);
    let c3 = min(c + 3u, params.head4 - 1u);
    var even = array<Sum, 32>();
    var odd = array<Sum, 32>();
    for (var turn = 0u; turn <= params.odd; turn++) {
      var a0 = Sum(0); var b0 = Sum(0); var e0 = Sum(0); var f0 = Sum(0);
      var a1 = Sum(0); var b1 = Sum(0); var e1 = Sum(0); var f1 = Sum(0);
      var a2 = Sum(0); var b2 = Sum(0); var e2 = Sum(0); var f2 = Sum(0);
      var a3 = Sum(0); var b3 = Sum(0); var e3 = Sum(0); var f3 = Sum(0);
      var a4 = Sum(0); var b4 = Sum(0); var e4 = Sum(0); var f4 = Sum(0);
      var a5 = Sum(0); var b5 = Sum(0); var e5 = Sum(0); var f5 = Sum(0);
      var a6 = Sum(0); var b6 = Sum(0); var e6 = Sum(0); var f6 = Sum(0);
      var a7 = Sum(0); var b7 = Sum(0); var e7 = Sum(0); var f7 = Sum(0);
      for (var j4 = 0u; j4 < place.quads; j4++) {
        let v = attention_tokens(place.value_base, 4u * j4, place.last);
        let m0 = attention_rows_v(qkv[v.x + c]); let m1 = attention_rows_v(qkv[v.y + c]); let m2 = attention_rows_v(qkv[v.z + c]); let m3 = attention_rows_v(qkv[v.w + c]);
        let n0 = attention_rows_v(qkv[v.x + c1]); let n1 = attention_rows_v(qkv[v.y + c1]); let n2 = attention_rows_v(qkv[v.z + c1]); let n3 = attention_rows_v(qkv[v.w + c1]);
        let o0 = attention_rows_v(qkv[v.x + c2]); let o1 = attention_rows_v(qkv[v.y + c2]); let o2 = attention_rows_v(qkv[v.z + c2]); let o3 = attention_rows_v(qkv[v.w + c2]);
        let p0 = attention_rows_v(qkv[v.x + c3]); let p1 = attention_rows_v(qkv[v.y + c3]); let p2 = attention_rows_v(qkv[v.z + c3]); let p3 = attention_rows_v(qkv[v.w + c3]);
        let w0 = attention_rows_levels(8u * j4 + 0u, turn);
        a0 = attention_rows_madd(a0, m0, m1, m2, m3, w0); b0 = attention_rows_madd(b0, n0, n1, n2, n3, w0); e0 = attention_rows_madd(e0, o0, o1, o2, o3, w0); f0 = attention_rows_madd(f0, p0, p1, p2, p3, w0);
        let w1 = attention_rows_levels(8u * j4 + 1u, turn);
        a1 = attention_rows_madd(a1, m0, m1, m2, m3, w1); b1 = attention_rows_madd(b1, n0, n1, n2, n3, w1); e1 = attention_rows_madd(e1, o0, o1, o2, o3, w1); f1 = attention_rows_madd(f1, p0, p1, p2, p3, w1);
        let w2 = attention_rows_levels(8u * j4 + 2u, turn);
        a2 = attention_rows_madd(a2, m0, m1, m2, m3, w2); b2 = attention_rows_madd(b2, n0, n1, n2, n3, w2); e2 = attention_rows_madd(e2, o0, o1, o2, o3, w2); f2 = attention_rows_madd(f2, p0, p1, p2, p3, w2);
        let w3 = attention_rows_levels(8u * j4 + 3u, turn);
        a3 = attention_rows_madd(a3, m0, m1, m2, m3, w3); b3 = attention_rows_madd(b3, n0, n1, n2, n3, w3); e3 = attention_rows_madd(e3, o0, o1, o2, o3, w3); f3 = attention_rows_madd(f3, p0, p1, p2, p3, w3);
        let w4 = attention_rows_levels(8u * j4 + 4u, turn);
        a4 = attention_rows_madd(a4, m0, m1, m2, m3, w4); b4 = attention_rows_madd(b4, n0, n1, n2, n3, w4); e4 = attention_rows_madd(e4, o0, o1, o2, o3, w4); f4 = attention_rows_madd(f4, p0, p1, p2, p3, w4);
        let w5 = attention_rows_levels(8u * j4 + 5u, turn);
        a5 = attention_rows_madd(a5, m0, m1, m2, m3, w5); b5 = attention_rows_madd(b5, n0, n1, n2, n3, w5); e5 = attention_rows_madd(e5, o0, o1, o2, o3, w5); f5 = attention_rows_madd(f5, p0, p1, p2, p3, w5);
        let w6 = attention_rows_levels(8u * j4 + 6u, turn);
        a6 = attention_rows_madd(a6, m0, m1, m2, m3, w6); b6 = attention_rows_madd(b6, n0, n1, n2, n3, w6); e6 = attention_rows_madd(e6, o0, o1, o2, o3, w6); f6 = attention_rows_madd(f6, p0, p1, p2, p3, w6);
        let w7 = attention_rows_levels(8u * j4 + 7u, turn);
        a7 = attention_rows_madd(a7, m0, m1, m2, m3, w7); b7 = attention_rows_madd(b7, n0, n1, n2, n3, w7); e7 = attention_rows_madd(e7, o0, o1, o2, o3, w7); f7 = attention_rows_madd(f7, p0, p1, p2, p3, w7);
      }
      let sums = array<Sum, 32>(a0, b0, e0, f0, a1, b1, e1, f1, a2, b2, e2, f2, a3, b3, e3, f3, a4, b4, e4, f4, a5, b5, e5, f5, a6, b6, e6, f6, a7, b7, e7, f7);
      if (turn == 0u) { even = sums; } else { odd = sums; }
    }
    for (var t = 0u; t < 32u; t++) {
      let r = t / 4u;
      let channel4 = c + t % 4u;
      if (place.row + r < params.tokens && channel4 < params.head4) {
        let out_row = place.image * params.tokens + place.row + r;
        let at = place.head * params.head4 + channel4;
        attention_codes_store(out_row, at, vec4i(even[t]), vec4i(odd[t]), even_levels[r], odd_levels[r]);
      }
    }
  }
}
