// What all kernels do that compute 8 queries of a head per invocation, with scores, exponentials and levels in private memory: at most 256 tokens.
// The module declares `params`, the constant KEY_SUMS, and attention_rows_qk(at): a quad of q or k as floats.
//include lib/exact-math.wgsl
//include lib/quads.wgsl
//include lib/attention-tokens.wgsl
//include lib/sums.wgsl

// Quad j of query r: scores[8 j + r].
var<private> scores: array<vec4f, 512>;

// Where an invocation's queries are, and where its head starts in qkv.
struct AttentionRows { exists: bool, row: u32, image: u32, head: u32, last: u32, quads: u32, base: u32, key_base: u32, value_base: u32 }

fn attention_rows_place(id: vec3u, groups: vec3u) -> AttentionRows {
  let blocks = (params.tokens + 7u) / 8u;
  let at = id.x + id.y * groups.x * 4u;
  let map = at / blocks;
  let row = (at % blocks) * 8u;
  let image = map / params.heads;
  let head = map % params.heads;
  let last = params.tokens - 1u;
  let quads = (params.tokens + 3u) / 4u;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  return AttentionRows(map < params.images * params.heads, row, image, head, last, quads, base, base + params.key_offset4, base + params.value_offset4);
}

// First word of query r.
fn attention_rows_query(place: AttentionRows, r: u32) -> u32 { return place.base + min(place.row + r, place.last) * params.qkv_stride4; }

struct AttentionProducts {
  q_k: array<vec4f, 16>, // of query r with keys 4 j4 .. at r, with keys 4 j4 + 4 .. at 8 + r
  key_sums: array<vec4f, 2>,
}

fn attention_rows_products(place: AttentionRows, j4: u32) -> AttentionProducts {
  let q0 = attention_rows_query(place, 0u);
  let q1 = attention_rows_query(place, 1u);
  let q2 = attention_rows_query(place, 2u);
  let q3 = attention_rows_query(place, 3u);
  let q4 = attention_rows_query(place, 4u);
  let q5 = attention_rows_query(place, 5u);
  let q6 = attention_rows_query(place, 6u);
  let q7 = attention_rows_query(place, 7u);
  let k = attention_tokens(place.key_base, 4u * j4, place.last);
  let l = attention_tokens(place.key_base, 4u * j4 + 4u, place.last);
  var a0 = vec4f(0.0); var b0 = vec4f(0.0);
  var a1 = vec4f(0.0); var b1 = vec4f(0.0);
  var a2 = vec4f(0.0); var b2 = vec4f(0.0);
  var a3 = vec4f(0.0); var b3 = vec4f(0.0);
  var a4 = vec4f(0.0); var b4 = vec4f(0.0);
  var a5 = vec4f(0.0); var b5 = vec4f(0.0);
  var a6 = vec4f(0.0); var b6 = vec4f(0.0);
  var a7 = vec4f(0.0); var b7 = vec4f(0.0);
  var ka = vec4f(0.0); var kb = vec4f(0.0);
  for (var c = 0u; c < params.head4; c++) {
    let m0 = transpose(mat4x4f(attention_rows_qk(k.x + c), attention_rows_qk(k.y + c), attention_rows_qk(k.z + c), attention_rows_qk(k.w + c)));
    let m1 = transpose(mat4x4f(attention_rows_qk(l.x + c), attention_rows_qk(l.y + c), attention_rows_qk(l.z + c), attention_rows_qk(l.w + c)));
    if (KEY_SUMS) { ka += m0[0] + m0[1] + m0[2] + m0[3]; kb += m1[0] + m1[1] + m1[2] + m1[3]; }
    let v0 = attention_rows_qk(q0 + c); a0 = quads_madd(a0, m0[0], m0[1], m0[2], m0[3], v0); b0 = quads_madd(b0, m1[0], m1[1], m1[2], m1[3], v0);
    let v1 = attention_rows_qk(q1 + c); a1 = quads_madd(a1, m0[0], m0[1], m0[2], m0[3], v1); b1 = quads_madd(b1, m1[0], m1[1], m1[2], m1[3], v1);
    let v2 = attention_rows_qk(q2 + c); a2 = quads_madd(a2, m0[0], m0[1], m0[2], m0[3], v2); b2 = quads_madd(b2, m1[0], m1[1], m1[2], m1[3], v2);
    let v3 = attention_rows_qk(q3 + c); a3 = quads_madd(a3, m0[0], m0[1], m0[2], m0[3], v3); b3 = quads_madd(b3, m1[0], m1[1], m1[2], m1[3], v3);
    let v4 = attention_rows_qk(q4 + c); a4 = quads_madd(a4, m0[0], m0[1], m0[2], m0[3], v4); b4 = quads_madd(b4, m1[0], m1[1], m1[2], m1[3], v4);
    let v5 = attention_rows_qk(q5 + c); a5 = quads_madd(a5, m0[0], m0[1], m0[2], m0[3], v5); b5 = quads_madd(b5, m1[0], m1[1], m1[2], m1[3], v5);
    let v6 = attention_rows_qk(q6 + c); a6 = quads_madd(a6, m0[0], m0[1], m0[2], m0[3], v6); b6 = quads_madd(b6, m1[0], m1[1], m1[2], m1[3], v6);
    let v7 = attention_rows_qk(q7 + c); a7 = quads_madd(a7, m0[0], m0[1], m0[2], m0[3], v7); b7 = quads_madd(b7, m1[0], m1[1], m1[2], m1[3], v7);
  }
  return AttentionProducts(array<vec4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7), array<vec4f, 2>(ka, kb));
}

// Which of the last quad's keys exist.
fn attention_rows_tail(place: AttentionRows) -> vec4<bool> {
  return vec4u(4u * (place.quads - 1u)) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens);
}

// The scores of query r become exponentials, whose sum is returned: in the order of lib/sums.
fn attention_rows_exponentials(place: AttentionRows, r: u32, top4: vec4f) -> f32 {
  let quads = place.quads;
  let tail = attention_rows_tail(place);
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
