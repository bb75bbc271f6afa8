// Attention of whole rows in float, scores to output in one dispatch: y[b,i,h,:] = sum_j e_j v[b,j,h,:] / sum_j e_j, e_j = exp(s_j - max s), s_j = scale * q_i . k_j.
// One invocation computes 8 queries of a head; their scores, then exponentials, stay in private memory: at most 256 tokens. No barrier, no subgroup.
// qkv: [B*N, qkv_stride4] vec4 (columns q, k, v, each head-major). y: [B*N, out_stride4] vec4, heads side by side.
// Along channels and keys one chain of fma, ascending; the sum of exponentials in the order of lib/sums; the row is divided at its end.
//include lib/exact-math.wgsl
//include lib/sums.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, value_offset4: u32, out_stride4: u32, images: u32, scale: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

// Quad j of query r: scores[8 j + r].
var<private> scores: array<vec4f, 512>;

fn madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return fma(b3, vec4f(a.w), fma(b2, vec4f(a.z), fma(b1, vec4f(a.y), fma(b0, vec4f(a.x), acc))));
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
  let q0 = base + min(row + 0u, last) * params.qkv_stride4; var top0 = vec4f(-3.4e38);
  let q1 = base + min(row + 1u, last) * params.qkv_stride4; var top1 = vec4f(-3.4e38);
  let q2 = base + min(row + 2u, last) * params.qkv_stride4; var top2 = vec4f(-3.4e38);
  let q3 = base + min(row + 3u, last) * params.qkv_stride4; var top3 = vec4f(-3.4e38);
  let q4 = base + min(row + 4u, last) * params.qkv_stride4; var top4 = vec4f(-3.4e38);
  let q5 = base + min(row + 5u, last) * params.qkv_stride4; var top5 = vec4f(-3.4e38);
  let q6 = base + min(row + 6u, last) * params.qkv_stride4; var top6 = vec4f(-3.4e38);
  let q7 = base + min(row + 7u, last) * params.qkv_stride4; var top7 = vec4f(-3.4e38);
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
    for (var c = 0u; c < params.head4; c++) {
      let m0 = transpose(mat4x4f(qkv[k0 + c], qkv[k1 + c], qkv[k2 + c], qkv[k3 + c]));
      let m1 = transpose(mat4x4f(qkv[k4 + c], qkv[k5 + c], qkv[k6 + c], qkv[k7 + c]));
      let v0 = qkv[q0 + c]; a0 = madd(a0, m0[0], m0[1], m0[2], m0[3], v0); b0 = madd(b0, m1[0], m1[1], m1[2], m1[3], v0);
      let v1 = qkv[q1 + c]; a1 = madd(a1, m0[0], m0[1], m0[2], m0[3], v1); b1 = madd(b1, m1[0], m1[1], m1[2], m1[3], v1);
      let v2 = qkv[q2 + c]; a2 = madd(a2, m0[0], m0[1], m0[2], m0[3], v2); b2 = madd(b2, m1[0], m1[1], m1[2], m1[3], v2);
      let v3 = qkv[q3 + c]; a3 = madd(a3, m0[0], m0[1], m0[2], m0[3], v3); b3 = madd(b3, m1[0], m1[1], m1[2], m1[3], v3);
      let v4 = qkv[q4 + c]; a4 = madd(a4, m0[0], m0[1], m0[2], m0[3], v4); b4 = madd(b4, m1[0], m1[1], m1[2], m1[3], v4);
      let v5 = qkv[q5 + c]; a5 = madd(a5, m0[0], m0[1], m0[2], m0[3], v5); b5 = madd(b5, m1[0], m1[1], m1[2], m1[3], v5);
      let v6 = qkv[q6 + c]; a6 = madd(a6, m0[0], m0[1], m0[2], m0[3], v6); b6 = madd(b6, m1[0], m1[1], m1[2], m1[3], v6);
      let v7 = qkv[q7 + c]; a7 = madd(a7, m0[0], m0[1], m0[2], m0[3], v7); b7 = madd(b7, m1[0], m1[1], m1[2], m1[3], v7);
    }
    a0 *= params.scale; b0 *= params.scale; top0 = max(top0, max(a0, b0));
    a1 *= params.scale; b1 *= params.scale; top1 = max(top1, max(a1, b1));
    a2 *= params.scale; b2 *= params.scale; top2 = max(top2, max(a2, b2));
    a3 *= params.scale; b3 *= params.scale; top3 = max(top3, max(a3, b3));
    a4 *= params.scale; b4 *= params.scale; top4 = max(top4, max(a4, b4));
    a5 *= params.scale; b5 *= params.scale; top5 = max(top5, max(a5, b5));
    a6 *= params.scale; b6 *= params.scale; top6 = max(top6, max(a6, b6));
    a7 *= params.scale; b7 *= params.scale; top7 = max(top7, max(a7, b7));
    let block = array<vec4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7);
    for (var t = 0u; t < 16u; t++) { scores[8u * j4 + t] = block[t]; }
  }
  // Keys past the last one repeat it: they change no maximum.
  let tops = array<vec4f, 8>(top0, top1, top2, top3, top4, top5, top6, top7);
  var inverses = array<f32, 8>();
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
    inverses[r] = exact_reciprocal(vec4f(sum)).x;
  }
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
      let v0 = value_base + min(4u * j4 + 0u, last) * params.qkv_stride4;
      let v1 = value_base + min(4u * j4 + 1u, last) * params.qkv_stride4;
      let v2 = value_base + min(4u * j4 + 2u, last) * params.qkv_stride4;
      let v3 = value_base + min(4u * j4 + 3u, last) * params.qkv_stride4;
      let m0 = qkv[v0 + c]; let m1 = qkv[v1 + c]; let m2 = qkv[v2 + c]; let m3 = qkv[v3 + c];
      let n0 = qkv[v0 + c1]; let n1 = qkv[v1 + c1]; let n2 = qkv[v2 + c1]; let n3 = qkv[v3 + c1];
      let o0 = qkv[v0 + c2]; let o1 = qkv[v1 + c2]; let o2 = qkv[v2 + c2]; let o3 = qkv[v3 + c2];
      let p0 = qkv[v0 + c3]; let p1 = qkv[v1 + c3]; let p2 = qkv[v2 + c3]; let p3 = qkv[v3 + c3];
      let w0 = scores[8u * j4 + 0u];
      a0 = madd(a0, m0, m1, m2, m3, w0); b0 = madd(b0, n0, n1, n2, n3, w0); e0 = madd(e0, o0, o1, o2, o3, w0); d0 = madd(d0, p0, p1, p2, p3, w0);
      let w1 = scores[8u * j4 + 1u];
      a1 = madd(a1, m0, m1, m2, m3, w1); b1 = madd(b1, n0, n1, n2, n3, w1); e1 = madd(e1, o0, o1, o2, o3, w1); d1 = madd(d1, p0, p1, p2, p3, w1);
      let w2 = scores[8u * j4 + 2u];
      a2 = madd(a2, m0, m1, m2, m3, w2); b2 = madd(b2, n0, n1, n2, n3, w2); e2 = madd(e2, o0, o1, o2, o3, w2); d2 = madd(d2, p0, p1, p2, p3, w2);
      let w3 = scores[8u * j4 + 3u];
      a3 = madd(a3, m0, m1, m2, m3, w3); b3 = madd(b3, n0, n1, n2, n3, w3); e3 = madd(e3, o0, o1, o2, o3, w3); d3 = madd(d3, p0, p1, p2, p3, w3);
      let w4 = scores[8u * j4 + 4u];
      a4 = madd(a4, m0, m1, m2, m3, w4); b4 = madd(b4, n0, n1, n2, n3, w4); e4 = madd(e4, o0, o1, o2, o3, w4); d4 = madd(d4, p0, p1, p2, p3, w4);
      let w5 = scores[8u * j4 + 5u];
      a5 = madd(a5, m0, m1, m2, m3, w5); b5 = madd(b5, n0, n1, n2, n3, w5); e5 = madd(e5, o0, o1, o2, o3, w5); d5 = madd(d5, p0, p1, p2, p3, w5);
      let w6 = scores[8u * j4 + 6u];
      a6 = madd(a6, m0, m1, m2, m3, w6); b6 = madd(b6, n0, n1, n2, n3, w6); e6 = madd(e6, o0, o1, o2, o3, w6); d6 = madd(d6, p0, p1, p2, p3, w6);
      let w7 = scores[8u * j4 + 7u];
      a7 = madd(a7, m0, m1, m2, m3, w7); b7 = madd(b7, n0, n1, n2, n3, w7); e7 = madd(e7, o0, o1, o2, o3, w7); d7 = madd(d7, p0, p1, p2, p3, w7);
    }
    let sums = array<vec4f, 32>(a0, b0, e0, d0, a1, b1, e1, d1, a2, b2, e2, d2, a3, b3, e3, d3, a4, b4, e4, d4, a5, b5, e5, d5, a6, b6, e6, d6, a7, b7, e7, d7);
    for (var t = 0u; t < 32u; t++) {
      let r = t / 4u;
      let channel4 = c + t % 4u;
      if (row + r < params.tokens && channel4 < params.head4) {
        y[(image * params.tokens + row + r) * params.out_stride4 + head * params.head4 + channel4] = sums[t] * inverses[r];
      }
    }
  }
}
