// Attention of whole rows in integers, scores to output codes in one dispatch, on f32 multiply-adds: every product and partial sum is an integer below 2^24.
// s_ij = f32(exact q_i . k_j) * (q_scale * k_scale) as attention-scores-codes-f32, e = exp(s - max), the level of a probability from how many thresholds t
// (ascending) e >= t * sum(e) has reached, as softmax; y[i,c] = scale_c * (even + sqrt(2) odd), even = sum_j level_even(p_ij) (v_jc - v_zero_c).
// One invocation computes 8 queries of a head; scores, exponentials and levels stay in private memory: at most 256 tokens. No barrier, no subgroup.
// grids: [H, q_entries] then [H, k_entries] pairs (scale, zero point). thresholds: 2^search_steps - 1 of them, padded with infinity-like values.
// levels[reached]: an integer as float; where odd, -x adds x to the odd sum. columns: four vec4 per quad of columns: scale_p * scale_v, v_zero,
// inverse and zero of the output codes; all 0 in the padding. qkv: [B*N, qkv_stride4] words of four u8 codes. y: f32 words or codes.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/sums.wgsl
struct Params {
  tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, value_offset4: u32, out_stride4: u32, images: u32,
  head_dim: u32, q_entries: u32, k_entries: u32, search_steps: u32, odd: u32, quantize: u32, out_max: f32,
}
// odd 0: no level has a factor sqrt(2). quantize 0: y is f32. Parameters, not constants: a variant costs a software adapter seconds to compile.

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<u32>;
@group(0) @binding(2) var<storage, read> grids: array<vec2f>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read> levels: array<f32>;
@group(0) @binding(5) var<storage, read> columns: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y: array<u32>;

// Quad j of query r: scores[8 j + r].
var<private> scores: array<vec4f, 512>;

fn madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return fma(b3, vec4f(a.w), fma(b2, vec4f(a.z), fma(b1, vec4f(a.y), fma(b0, vec4f(a.x), acc))));
}

// Bytes as floats with one shift: on software adapters a shift costs as much as four multiplications, a conversion from u32 twice one from i32.
fn unpack(word: u32) -> vec4f {
  let parts = vec4i(vec4u(word & 255u, word & 0xff00u, word & 0xff0000u, word >> 24u));
  return vec4f(parts) * vec4f(1.0, 0.00390625, 0.0000152587890625, 1.0);
}

// (scale, zero point) of a query.
fn query_grid(head: u32, row: u32) -> vec2f { return grids[head * params.q_entries + min(row, params.q_entries - 1u)]; }

// Scales and zero points of four keys.
fn key_grids(head: u32, key: u32) -> mat2x4f {
  let base = params.heads * params.q_entries + head * params.k_entries;
  let top = params.k_entries - 1u;
  return transpose(mat4x2f(grids[base + min(key, top)], grids[base + min(key + 1u, top)], grids[base + min(key + 2u, top)], grids[base + min(key + 3u, top)]));
}

fn score(sum: vec4f, q_sum: f32, k_sum: vec4f, q: vec2f, k: mat2x4f) -> vec4f {
  let q_zero = i32(q.y);
  let k_zero = vec4i(k[1]);
  let exact = vec4i(sum) - k_zero * i32(q_sum) - q_zero * vec4i(k_sum) + i32(params.head_dim) * q_zero * k_zero;
  return vec4f(exact) * (q.x * k[0]);
}

// Binary search: the level of the number of thresholds that e has reached.
fn level(e: f32, sum: f32) -> f32 {
  var count = 0u;
  var step = (1u << params.search_steps) >> 1u;
  for (var i = 0u; i < params.search_steps; i++) {
    if (e >= thresholds[count + step - 1u] * sum) { count += step; }
    step >>= 1u;
  }
  return levels[count];
}

fn store(out_row: u32, at: u32, even: vec4f, odd: vec4f, level_sums: vec2f) {
  let v_zero = vec4i(columns[4u * at + 1u]);
  var v = vec4f(vec4i(even) - v_zero * i32(level_sums.x));
  if (params.odd != 0u) { v = fma(vec4f(vec4i(odd) - v_zero * i32(level_sums.y)), vec4f(1.41421354), v); }
  v = v * columns[4u * at];
  let word = out_row * params.out_stride4 + at;
  if (params.quantize != 0u) {
    y[word] = codes_pack(codes_encode(v, columns[4u * at + 2u], columns[4u * at + 3u], vec4f(params.out_max)));
  } else {
    let bits = bitcast<vec4u>(v);
    y[4u * word] = bits.x; y[4u * word + 1u] = bits.y; y[4u * word + 2u] = bits.z; y[4u * word + 3u] = bits.w;
  }
}

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let blocks = (params.tokens + 7u) / 8u;
  let at = id.x + id.y * groups.x * 4u;
  let map = at / blocks;
  if (map >= params.images * params.heads) { return; }
  let row = (at % blocks) * 8u;
  let image = map / params.heads;
  let head = map % params.heads;
  let last = params.tokens - 1u;
  let quads = (params.tokens + 3u) / 4u;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  let key_base = base + params.key_offset4;
  let value_base = base + params.value_offset4;
  let q0 = base + min(row + 0u, last) * params.qkv_stride4; let g0 = query_grid(head, min(row + 0u, last)); var s0 = 0.0; var top0 = vec4f(-3.4e38);
  let q1 = base + min(row + 1u, last) * params.qkv_stride4; let g1 = query_grid(head, min(row + 1u, last)); var s1 = 0.0; var top1 = vec4f(-3.4e38);
  let q2 = base + min(row + 2u, last) * params.qkv_stride4; let g2 = query_grid(head, min(row + 2u, last)); var s2 = 0.0; var top2 = vec4f(-3.4e38);
  let q3 = base + min(row + 3u, last) * params.qkv_stride4; let g3 = query_grid(head, min(row + 3u, last)); var s3 = 0.0; var top3 = vec4f(-3.4e38);
  let q4 = base + min(row + 4u, last) * params.qkv_stride4; let g4 = query_grid(head, min(row + 4u, last)); var s4 = 0.0; var top4 = vec4f(-3.4e38);
  let q5 = base + min(row + 5u, last) * params.qkv_stride4; let g5 = query_grid(head, min(row + 5u, last)); var s5 = 0.0; var top5 = vec4f(-3.4e38);
  let q6 = base + min(row + 6u, last) * params.qkv_stride4; let g6 = query_grid(head, min(row + 6u, last)); var s6 = 0.0; var top6 = vec4f(-3.4e38);
  let q7 = base + min(row + 7u, last) * params.qkv_stride4; let g7 = query_grid(head, min(row + 7u, last)); var s7 = 0.0; var top7 = vec4f(-3.4e38);
  for (var c = 0u; c < params.head4; c++) {
    let v0 = unpack(qkv[q0 + c]); s0 += v0.x + v0.y + v0.z + v0.w;
    let v1 = unpack(qkv[q1 + c]); s1 += v1.x + v1.y + v1.z + v1.w;
    let v2 = unpack(qkv[q2 + c]); s2 += v2.x + v2.y + v2.z + v2.w;
    let v3 = unpack(qkv[q3 + c]); s3 += v3.x + v3.y + v3.z + v3.w;
    let v4 = unpack(qkv[q4 + c]); s4 += v4.x + v4.y + v4.z + v4.w;
    let v5 = unpack(qkv[q5 + c]); s5 += v5.x + v5.y + v5.z + v5.w;
    let v6 = unpack(qkv[q6 + c]); s6 += v6.x + v6.y + v6.z + v6.w;
    let v7 = unpack(qkv[q7 + c]); s7 += v7.x + v7.y + v7.z + v7.w;
  }
  for (var j4 = 0u; j4 < quads; j4 += 2u) {
    let k0 = key_base + min(4u * j4 + 0u, last) * params.qkv_stride4;
    let k1 = key_base + min(4u * j4 + 1u, last) * params.qkv_stride4;
    let k2 = key_base + min(4u * j4 + 2u, last) * params.qkv_stride4;
    let k3 = key_base + min(4u * j4 + 3u, last) * params.qkv_stride4;
    let k4 = key_base + min(4u * j4 + 4u, last) * params.qkv_stride4;
    let k5 = key_base + min(4u * j4 + 5u, last) * params.qkv_stride4;
    let k6 = key_base + min(4u * j4 + 6u, last) * params.qkv_stride4;
    let k7 = key_base + min(4u * j4 + 7u, last) * params.qkv_stride4;
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
      let m0 = transpose(mat4x4f(unpack(qkv[k0 + c]), unpack(qkv[k1 + c]), unpack(qkv[k2 + c]), unpack(qkv[k3 + c])));
      let m1 = transpose(mat4x4f(unpack(qkv[k4 + c]), unpack(qkv[k5 + c]), unpack(qkv[k6 + c]), unpack(qkv[k7 + c])));
      ka += m0[0] + m0[1] + m0[2] + m0[3]; kb += m1[0] + m1[1] + m1[2] + m1[3];
      let v0 = unpack(qkv[q0 + c]); a0 = madd(a0, m0[0], m0[1], m0[2], m0[3], v0); b0 = madd(b0, m1[0], m1[1], m1[2], m1[3], v0);
      let v1 = unpack(qkv[q1 + c]); a1 = madd(a1, m0[0], m0[1], m0[2], m0[3], v1); b1 = madd(b1, m1[0], m1[1], m1[2], m1[3], v1);
      let v2 = unpack(qkv[q2 + c]); a2 = madd(a2, m0[0], m0[1], m0[2], m0[3], v2); b2 = madd(b2, m1[0], m1[1], m1[2], m1[3], v2);
      let v3 = unpack(qkv[q3 + c]); a3 = madd(a3, m0[0], m0[1], m0[2], m0[3], v3); b3 = madd(b3, m1[0], m1[1], m1[2], m1[3], v3);
      let v4 = unpack(qkv[q4 + c]); a4 = madd(a4, m0[0], m0[1], m0[2], m0[3], v4); b4 = madd(b4, m1[0], m1[1], m1[2], m1[3], v4);
      let v5 = unpack(qkv[q5 + c]); a5 = madd(a5, m0[0], m0[1], m0[2], m0[3], v5); b5 = madd(b5, m1[0], m1[1], m1[2], m1[3], v5);
      let v6 = unpack(qkv[q6 + c]); a6 = madd(a6, m0[0], m0[1], m0[2], m0[3], v6); b6 = madd(b6, m1[0], m1[1], m1[2], m1[3], v6);
      let v7 = unpack(qkv[q7 + c]); a7 = madd(a7, m0[0], m0[1], m0[2], m0[3], v7); b7 = madd(b7, m1[0], m1[1], m1[2], m1[3], v7);
    }
    let ga = key_grids(head, 4u * j4); let gb = key_grids(head, 4u * j4 + 4u);
    a0 = score(a0, s0, ka, g0, ga); b0 = score(b0, s0, kb, g0, gb);
    a1 = score(a1, s1, ka, g1, ga); b1 = score(b1, s1, kb, g1, gb);
    a2 = score(a2, s2, ka, g2, ga); b2 = score(b2, s2, kb, g2, gb);
    a3 = score(a3, s3, ka, g3, ga); b3 = score(b3, s3, kb, g3, gb);
    a4 = score(a4, s4, ka, g4, ga); b4 = score(b4, s4, kb, g4, gb);
    a5 = score(a5, s5, ka, g5, ga); b5 = score(b5, s5, kb, g5, gb);
    a6 = score(a6, s6, ka, g6, ga); b6 = score(b6, s6, kb, g6, gb);
    a7 = score(a7, s7, ka, g7, ga); b7 = score(b7, s7, kb, g7, gb);
    let here = vec4u(4u * j4) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens);
    let next = vec4u(4u * j4 + 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens);
    top0 = max(top0, max(select(vec4f(-3.4e38), a0, here), select(vec4f(-3.4e38), b0, next)));
    top1 = max(top1, max(select(vec4f(-3.4e38), a1, here), select(vec4f(-3.4e38), b1, next)));
    top2 = max(top2, max(select(vec4f(-3.4e38), a2, here), select(vec4f(-3.4e38), b2, next)));
    top3 = max(top3, max(select(vec4f(-3.4e38), a3, here), select(vec4f(-3.4e38), b3, next)));
    top4 = max(top4, max(select(vec4f(-3.4e38), a4, here), select(vec4f(-3.4e38), b4, next)));
    top5 = max(top5, max(select(vec4f(-3.4e38), a5, here), select(vec4f(-3.4e38), b5, next)));
    top6 = max(top6, max(select(vec4f(-3.4e38), a6, here), select(vec4f(-3.4e38), b6, next)));
    top7 = max(top7, max(select(vec4f(-3.4e38), a7, here), select(vec4f(-3.4e38), b7, next)));
    let block = array<vec4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7);
    for (var t = 0u; t < 16u; t++) { scores[8u * j4 + t] = block[t]; }
  }
  let tops = array<vec4f, 8>(top0, top1, top2, top3, top4, top5, top6, top7);
  var level_sums = array<vec2f, 8>();
  let tail = vec4u(4u * (quads - 1u)) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens);
  for (var r = 0u; r < 8u; r++) {
    let top4 = max(tops[r].xy, tops[r].zw);
    let top = max(top4.x, top4.y);
    var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
    for (var j = 0u; j < quads; j++) {
      var e = exact_exp(min(scores[8u * j + r] - top, vec4f(0.0)));
      if (j + 1u == quads) { e = select(vec4f(0.0), e, tail); }
      scores[8u * j + r] = e;
      // The partial sums take turns, so that a0 is always the next one: the order of lib/sums.
      let turned = a0 + e; a0 = a1; a1 = a2; a2 = a3; a3 = turned;
    }
    var sum = sums_fold(a0, a1, a2, a3);
    if (quads % 4u == 1u) { sum = sums_fold(a3, a0, a1, a2); }
    if (quads % 4u == 2u) { sum = sums_fold(a2, a3, a0, a1); }
    if (quads % 4u == 3u) { sum = sums_fold(a1, a2, a3, a0); }
    var even = vec4f(0.0); var odd = vec4f(0.0);
    for (var j = 0u; j < quads; j++) {
      let e = scores[8u * j + r];
      var p = vec4f(level(e.x, sum), level(e.y, sum), level(e.z, sum), level(e.w, sum));
      if (j + 1u == quads) { p = select(vec4f(0.0), p, tail); }
      scores[8u * j + r] = p;
      if (params.odd != 0u) { even += max(p, vec4f(0.0)); odd += max(-p, vec4f(0.0)); } else { even += p; }
    }
    level_sums[r] = vec2f(even.x + even.y + even.z + even.w, odd.x + odd.y + odd.z + odd.w);
  }
  for (var c = 0u; c < params.head4; c += 2u) {
    let pair = min(c + 1u, params.head4 - 1u);
    var a0 = vec4f(0.0); var b0 = vec4f(0.0); var e0 = vec4f(0.0); var f0 = vec4f(0.0);
    var a1 = vec4f(0.0); var b1 = vec4f(0.0); var e1 = vec4f(0.0); var f1 = vec4f(0.0);
    var a2 = vec4f(0.0); var b2 = vec4f(0.0); var e2 = vec4f(0.0); var f2 = vec4f(0.0);
    var a3 = vec4f(0.0); var b3 = vec4f(0.0); var e3 = vec4f(0.0); var f3 = vec4f(0.0);
    var a4 = vec4f(0.0); var b4 = vec4f(0.0); var e4 = vec4f(0.0); var f4 = vec4f(0.0);
    var a5 = vec4f(0.0); var b5 = vec4f(0.0); var e5 = vec4f(0.0); var f5 = vec4f(0.0);
    var a6 = vec4f(0.0); var b6 = vec4f(0.0); var e6 = vec4f(0.0); var f6 = vec4f(0.0);
    var a7 = vec4f(0.0); var b7 = vec4f(0.0); var e7 = vec4f(0.0); var f7 = vec4f(0.0);
    for (var j4 = 0u; j4 < quads; j4++) {
      let v0 = value_base + min(4u * j4 + 0u, last) * params.qkv_stride4;
      let v1 = value_base + min(4u * j4 + 1u, last) * params.qkv_stride4;
      let v2 = value_base + min(4u * j4 + 2u, last) * params.qkv_stride4;
      let v3 = value_base + min(4u * j4 + 3u, last) * params.qkv_stride4;
      let m0 = codes_unpack(qkv[v0 + c]); let m1 = codes_unpack(qkv[v1 + c]); let m2 = codes_unpack(qkv[v2 + c]); let m3 = codes_unpack(qkv[v3 + c]);
      let n0 = codes_unpack(qkv[v0 + pair]); let n1 = codes_unpack(qkv[v1 + pair]); let n2 = codes_unpack(qkv[v2 + pair]); let n3 = codes_unpack(qkv[v3 + pair]);
      {
        let p = scores[8u * j4 + 0u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a0 = madd(a0, m0, m1, m2, m3, even); b0 = madd(b0, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e0 = madd(e0, m0, m1, m2, m3, odd); f0 = madd(f0, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 1u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a1 = madd(a1, m0, m1, m2, m3, even); b1 = madd(b1, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e1 = madd(e1, m0, m1, m2, m3, odd); f1 = madd(f1, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 2u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a2 = madd(a2, m0, m1, m2, m3, even); b2 = madd(b2, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e2 = madd(e2, m0, m1, m2, m3, odd); f2 = madd(f2, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 3u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a3 = madd(a3, m0, m1, m2, m3, even); b3 = madd(b3, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e3 = madd(e3, m0, m1, m2, m3, odd); f3 = madd(f3, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 4u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a4 = madd(a4, m0, m1, m2, m3, even); b4 = madd(b4, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e4 = madd(e4, m0, m1, m2, m3, odd); f4 = madd(f4, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 5u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a5 = madd(a5, m0, m1, m2, m3, even); b5 = madd(b5, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e5 = madd(e5, m0, m1, m2, m3, odd); f5 = madd(f5, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 6u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a6 = madd(a6, m0, m1, m2, m3, even); b6 = madd(b6, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e6 = madd(e6, m0, m1, m2, m3, odd); f6 = madd(f6, n0, n1, n2, n3, odd); }
      }
      {
        let p = scores[8u * j4 + 7u];
        let even = select(p, max(p, vec4f(0.0)), params.odd != 0u);
        a7 = madd(a7, m0, m1, m2, m3, even); b7 = madd(b7, n0, n1, n2, n3, even);
        if (params.odd != 0u) { let odd = max(-p, vec4f(0.0)); e7 = madd(e7, m0, m1, m2, m3, odd); f7 = madd(f7, n0, n1, n2, n3, odd); }
      }
    }
    let even = array<vec4f, 16>(a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7);
    let odd = array<vec4f, 16>(e0, f0, e1, f1, e2, f2, e3, f3, e4, f4, e5, f5, e6, f6, e7, f7);
    for (var t = 0u; t < 16u; t++) {
      let r = t / 2u;
      let channel4 = c + t % 2u;
      if (row + r < params.tokens && channel4 < params.head4) {
        store(image * params.tokens + row + r, head * params.head4 + channel4, even[t], odd[t], level_sums[r]);
      }
    }
  }
}
