// What all kernels do that compute 8 queries of a head per invocation, with scores, exponentials and levels in private memory: at most 256 tokens.
// The module declares `params`, the constant KEY_SUMS, attention_rows_qk(at): a quad of q or k as floats, and includes lib/attention-rows-own.wgsl or -share.wgsl,
// which say which queries an invocation has and how it comes to the keys and values of four tokens.
//include lib/exact-math.wgsl
//include lib/quads.wgsl
//include lib/sums.wgsl

// Quad j of query r: scores[8 j + r].
var<private> scores: array<vec4f, 512>;

// Where an invocation's queries are, and where its head starts in qkv. lane: the invocation's among the four that share.
struct AttentionRows { row: u32, lane: u32, image: u32, head: u32, last: u32, base: u32, key_base: u32, value_base: u32 }

// Queries from `row` on, of a map: one head of one image.
fn attention_rows_of(map: u32, row: u32, lane: u32) -> AttentionRows {
  let image = map / params.heads;
  let head = map % params.heads;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  return AttentionRows(row, lane, image, head, params.tokens - 1u, base, base + params.key_offset4, base + params.value_offset4);
}

// Of a row of scores. Not a part of AttentionRows, which differs between invocations: loops that hold subgroup operations end at the same turn in all.
fn attention_rows_quads() -> u32 { return (params.tokens + 3u) / 4u; }

// How many of the 8 queries exist.
fn attention_rows_count(place: AttentionRows) -> u32 { return min(8u, params.tokens - min(place.row, params.tokens)); }

// First word of query r.
fn attention_rows_query(place: AttentionRows, r: u32) -> u32 { return place.base + min(place.row + r, place.last) * params.qkv_stride4; }

struct AttentionProducts {
  q_k: array<vec4f, 32>, // of query r with keys 4 (j4 + h) .. at 8 h + r
  key_sums: array<vec4f, 4>,
}

// Of all 8 queries with 16 keys from quad j4 on. An accumulator costs a software adapter as much per turn of the loop as four products, a load as much as sixteen:
// more keys for each query that is loaded gain little, and compile longer.
fn attention_rows_products(place: AttentionRows, j4: u32) -> AttentionProducts {
  let q0 = attention_rows_query(place, 0u);
  let q1 = attention_rows_query(place, 1u);
  let q2 = attention_rows_query(place, 2u);
  let q3 = attention_rows_query(place, 3u);
  let q4 = attention_rows_query(place, 4u);
  let q5 = attention_rows_query(place, 5u);
  let q6 = attention_rows_query(place, 6u);
  let q7 = attention_rows_query(place, 7u);
  let k0 = attention_rows_words(place, place.key_base, 4u * j4);
  let k1 = attention_rows_words(place, place.key_base, 4u * j4 + 4u);
  let k2 = attention_rows_words(place, place.key_base, 4u * j4 + 8u);
  let k3 = attention_rows_words(place, place.key_base, 4u * j4 + 12u);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0); var d0 = vec4f(0.0); var e0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0); var d1 = vec4f(0.0); var e1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0); var d2 = vec4f(0.0); var e2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0); var d3 = vec4f(0.0); var e3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0); var d4 = vec4f(0.0); var e4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0); var d5 = vec4f(0.0); var e5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0); var d6 = vec4f(0.0); var e6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0); var d7 = vec4f(0.0); var e7 = vec4f(0.0);
  var s0 = KeySums(0.0); var s1 = KeySums(0.0); var s2 = KeySums(0.0); var s3 = KeySums(0.0);
  for (var c = 0u; c < params.head4; c++) {
    let v0 = attention_rows_qk(q0 + c);
    let v1 = attention_rows_qk(q1 + c);
    let v2 = attention_rows_qk(q2 + c);
    let v3 = attention_rows_qk(q3 + c);
    let v4 = attention_rows_qk(q4 + c);
    let v5 = attention_rows_qk(q5 + c);
    let v6 = attention_rows_qk(q6 + c);
    let v7 = attention_rows_qk(q7 + c);
    let l0 = attention_rows_keys(k0, c); let m0 = attention_rows_channels(l0);
    if (KEY_SUMS) { s0 += attention_rows_key_sums(l0); }
    a0 = quads_madd(a0, m0[0], m0[1], m0[2], m0[3], v0); a1 = quads_madd(a1, m0[0], m0[1], m0[2], m0[3], v1); a2 = quads_madd(a2, m0[0], m0[1], m0[2], m0[3], v2); a3 = quads_madd(a3, m0[0], m0[1], m0[2], m0[3], v3); a4 = quads_madd(a4, m0[0], m0[1], m0[2], m0[3], v4); a5 = quads_madd(a5, m0[0], m0[1], m0[2], m0[3], v5); a6 = quads_madd(a6, m0[0], m0[1], m0[2], m0[3], v6); a7 = quads_madd(a7, m0[0], m0[1], m0[2], m0[3], v7);
    let l1 = attention_rows_keys(k1, c); let m1 = attention_rows_channels(l1);
    if (KEY_SUMS) { s1 += attention_rows_key_sums(l1); }
    b0 = quads_madd(b0, m1[0], m1[1], m1[2], m1[3], v0); b1 = quads_madd(b1, m1[0], m1[1], m1[2], m1[3], v1); b2 = quads_madd(b2, m1[0], m1[1], m1[2], m1[3], v2); b3 = quads_madd(b3, m1[0], m1[1], m1[2], m1[3], v3); b4 = quads_madd(b4, m1[0], m1[1], m1[2], m1[3], v4); b5 = quads_madd(b5, m1[0], m1[1], m1[2], m1[3], v5); b6 = quads_madd(b6, m1[0], m1[1], m1[2], m1[3], v6); b7 = quads_madd(b7, m1[0], m1[1], m1[2], m1[3], v7);
    let l2 = attention_rows_keys(k2, c); let m2 = attention_rows_channels(l2);
    if (KEY_SUMS) { s2 += attention_rows_key_sums(l2); }
    d0 = quads_madd(d0, m2[0], m2[1], m2[2], m2[3], v0); d1 = quads_madd(d1, m2[0], m2[1], m2[2], m2[3], v1); d2 = quads_madd(d2, m2[0], m2[1], m2[2], m2[3], v2); d3 = quads_madd(d3, m2[0], m2[1], m2[2], m2[3], v3); d4 = quads_madd(d4, m2[0], m2[1], m2[2], m2[3], v4); d5 = quads_madd(d5, m2[0], m2[1], m2[2], m2[3], v5); d6 = quads_madd(d6, m2[0], m2[1], m2[2], m2[3], v6); d7 = quads_madd(d7, m2[0], m2[1], m2[2], m2[3], v7);
    let l3 = attention_rows_keys(k3, c); let m3 = attention_rows_channels(l3);
    if (KEY_SUMS) { s3 += attention_rows_key_sums(l3); }
    e0 = quads_madd(e0, m3[0], m3[1], m3[2], m3[3], v0); e1 = quads_madd(e1, m3[0], m3[1], m3[2], m3[3], v1); e2 = quads_madd(e2, m3[0], m3[1], m3[2], m3[3], v2); e3 = quads_madd(e3, m3[0], m3[1], m3[2], m3[3], v3); e4 = quads_madd(e4, m3[0], m3[1], m3[2], m3[3], v4); e5 = quads_madd(e5, m3[0], m3[1], m3[2], m3[3], v5); e6 = quads_madd(e6, m3[0], m3[1], m3[2], m3[3], v6); e7 = quads_madd(e7, m3[0], m3[1], m3[2], m3[3], v7);
  }
  let q_k = array<vec4f, 32>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, d0, d1, d2, d3, d4, d5, d6, d7, e0, e1, e2, e3, e4, e5, e6, e7);
  return AttentionProducts(q_k, array<vec4f, 4>(attention_rows_all_sums(s0), attention_rows_all_sums(s1), attention_rows_all_sums(s2), attention_rows_all_sums(s3)));
}

// Which of the last quad's keys exist.
fn attention_rows_tail() -> vec4<bool> {
  return vec4u(4u * (attention_rows_quads() - 1u)) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens);
}

// The scores of query r become exponentials, whose sum is returned: in the order of lib/sums.
fn attention_rows_exponentials(r: u32, top4: vec4f) -> f32 {
  let quads = attention_rows_quads();
  let tail = attention_rows_tail();
  let top2 = max(top4.xy, top4.zw);
  let top = max(top2.x, top2.y);
  var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
  for (var j = 0u; j < quads; j++) {
    var e = exact_exp(exact_min(scores[8u * j + r] - top, vec4f(0.0)));
    if (j + 1u == quads) { e = select(vec4f(0.0), e, tail); }
    scores[8u * j + r] = e;
    // The partial sums take turns, so that a0 is always the next one: the order of lib/sums.
    let turned = a0 + e; a0 = a1; a1 = a2; a2 = a3; a3 = turned;
  }
  var sum = sums_fold(a0, a1, a2, a3);
  if (quads % 4u == 1u) { sum = sums_fold(a3, a0, a1, a2); }
  if (quads % 4u == 2u) { sum = sums_fold(a2, a3, a0, a1); }
  if (quads % 4u == 3u) { sum = sums_fold(a1, a2, a3, a0); }
  return sum;
}
