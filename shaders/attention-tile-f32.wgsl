// Attention of whole rows in float, the words of attention-rows-f32: 16 queries of a head per workgroup of 64, their scores in workgroup memory.
// At most 240 tokens. Right at any subgroup size: what invocations share goes through workgroup memory and barriers.
// qkv: [B*N, qkv_stride4] vec4 (columns q, k, v, each head-major). y: [B*N, out_stride4] vec4, heads side by side.
//include lib/exact-math.wgsl
//include lib/sums.wgsl
struct Params { tokens: u32, heads: u32, head4: u32, qkv_stride4: u32, key_offset4: u32, value_offset4: u32, out_stride4: u32, images: u32, scale: f32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

// Quad j of query r: scores[60 r + j].
var<workgroup> scores: array<vec4f, 960>;
// One word of each of the four invocations that share a query.
var<workgroup> shared4: array<vec4f, 64>;

fn madd(acc: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f, a: vec4f) -> vec4f {
  return fma(b3, vec4f(a.w), fma(b2, vec4f(a.z), fma(b1, vec4f(a.y), fma(b0, vec4f(a.x), acc))));
}

fn inside(j: u32) -> vec4<bool> { return vec4u(4u * j) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.x * 16u;
  let image = group.z / params.heads;
  let head = group.z % params.heads;
  let last = params.tokens - 1u;
  let quads = (params.tokens + 3u) / 4u;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  let key_base = base + params.key_offset4;
  let value_base = base + params.value_offset4;

  // Four queries and four keys per invocation; the next 64 keys follow.
  let r = (local / 16u) * 4u;
  let q0 = base + min(row + r, last) * params.qkv_stride4;
  let q1 = base + min(row + r + 1u, last) * params.qkv_stride4;
  let q2 = base + min(row + r + 2u, last) * params.qkv_stride4;
  let q3 = base + min(row + r + 3u, last) * params.qkv_stride4;
  for (var j = local % 16u; j < quads; j += 16u) {
    let k0 = key_base + min(4u * j, last) * params.qkv_stride4;
    let k1 = key_base + min(4u * j + 1u, last) * params.qkv_stride4;
    let k2 = key_base + min(4u * j + 2u, last) * params.qkv_stride4;
    let k3 = key_base + min(4u * j + 3u, last) * params.qkv_stride4;
    var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
    for (var c = 0u; c < params.head4; c++) {
      let m = transpose(mat4x4f(qkv[k0 + c], qkv[k1 + c], qkv[k2 + c], qkv[k3 + c]));
      a0 = madd(a0, m[0], m[1], m[2], m[3], qkv[q0 + c]);
      a1 = madd(a1, m[0], m[1], m[2], m[3], qkv[q1 + c]);
      a2 = madd(a2, m[0], m[1], m[2], m[3], qkv[q2 + c]);
      a3 = madd(a3, m[0], m[1], m[2], m[3], qkv[q3 + c]);
    }
    scores[60u * r + j] = a0 * params.scale;
    scores[60u * (r + 1u) + j] = a1 * params.scale;
    scores[60u * (r + 2u) + j] = a2 * params.scale;
    scores[60u * (r + 3u) + j] = a3 * params.scale;
  }
  workgroupBarrier();

  // Four invocations per query, each with every fourth quad: the partial sums of lib/sums.
  let mine = 60u * (local / 4u);
  let lane = local % 4u;
  var top4 = vec4f(-3.4e38);
  for (var j = lane; j < quads; j += 4u) { top4 = max(top4, select(vec4f(-3.4e38), scores[mine + j], inside(j))); }
  shared4[local] = top4;
  workgroupBarrier();
  let first = local - lane;
  top4 = max(max(shared4[first], shared4[first + 1u]), max(shared4[first + 2u], shared4[first + 3u]));
  let top = max(max(top4.x, top4.y), max(top4.z, top4.w));
  var sum4 = vec4f(0.0);
  for (var j = lane; j < quads; j += 4u) {
    let e = select(vec4f(0.0), exact_exp(min(scores[mine + j] - top, vec4f(0.0))), inside(j));
    scores[mine + j] = e;
    sum4 += e;
  }
  workgroupBarrier();
  shared4[local] = sum4;
  workgroupBarrier();

  // Four queries and one quad of channels per invocation.
  for (var c = local % 16u; c < params.head4; c += 16u) {
    var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
    for (var j = 0u; j < quads; j++) {
      let m0 = qkv[value_base + min(4u * j, last) * params.qkv_stride4 + c];
      let m1 = qkv[value_base + min(4u * j + 1u, last) * params.qkv_stride4 + c];
      let m2 = qkv[value_base + min(4u * j + 2u, last) * params.qkv_stride4 + c];
      let m3 = qkv[value_base + min(4u * j + 3u, last) * params.qkv_stride4 + c];
      a0 = madd(a0, m0, m1, m2, m3, scores[60u * r + j]);
      a1 = madd(a1, m0, m1, m2, m3, scores[60u * (r + 1u) + j]);
      a2 = madd(a2, m0, m1, m2, m3, scores[60u * (r + 2u) + j]);
      a3 = madd(a3, m0, m1, m2, m3, scores[60u * (r + 3u) + j]);
    }
    let sums = array<vec4f, 4>(a0, a1, a2, a3);
    for (var t = 0u; t < 4u; t++) {
      let at = 4u * (r + t);
      let sum = sums_fold(shared4[at], shared4[at + 1u], shared4[at + 2u], shared4[at + 3u]);
      if (row + r + t < params.tokens) {
        y[(image * params.tokens + row + r + t) * params.out_stride4 + head * params.head4 + c] = sums[t] * exact_reciprocal(vec4f(sum)).x;
      }
    }
  }
}
