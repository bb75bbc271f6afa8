requires packed_4x8_integer_dot_product;
// Attention of whole rows in integers, the words of attention-rows-codes-integer: 16 queries of a head per workgroup of 64, their scores in workgroup memory.
// q . k^T on the packed integer dot product, P.V in 32-bit integers. At most 240 tokens. Right at any subgroup size: what invocations share goes through
// workgroup memory and barriers. Operands as in attention-rows-codes-f32.
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

// Quad j of query r: scores[60 r + j].
var<workgroup> scores: array<vec4f, 960>;
// One word of each of the four invocations that share a query.
var<workgroup> shared4: array<vec4f, 64>;

fn dots(a: u32, b: vec4u) -> vec4i {
  return vec4i(vec4u(dot4U8Packed(a, b.x), dot4U8Packed(a, b.y), dot4U8Packed(a, b.z), dot4U8Packed(a, b.w)));
}

fn bytes(word: u32) -> vec4i {
  return vec4i(vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u));
}

fn inside(j: u32) -> vec4<bool> { return vec4u(4u * j) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens); }

// (scale, zero point) of a query.
fn query_grid(head: u32, row: u32) -> vec2f { return grids[head * params.q_entries + min(row, params.q_entries - 1u)]; }

// Scales and zero points of four keys.
fn key_grids(head: u32, key: u32) -> mat2x4f {
  let base = params.heads * params.q_entries + head * params.k_entries;
  let top = params.k_entries - 1u;
  return transpose(mat4x2f(grids[base + min(key, top)], grids[base + min(key + 1u, top)], grids[base + min(key + 2u, top)], grids[base + min(key + 3u, top)]));
}

fn score(sum: vec4i, q_sum: i32, k_sum: vec4i, q: vec2f, k: mat2x4f) -> vec4f {
  let q_zero = i32(q.y);
  let k_zero = vec4i(k[1]);
  let exact = sum - k_zero * q_sum - q_zero * k_sum + i32(params.head_dim) * q_zero * k_zero;
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

fn store(out_row: u32, at: u32, even: vec4i, odd: vec4i, even_levels: i32, odd_levels: i32) {
  let v_zero = vec4i(columns[4u * at + 1u]);
  var v = vec4f(even - v_zero * even_levels);
  if (params.odd != 0u) { v = fma(vec4f(odd - v_zero * odd_levels), vec4f(1.41421354), v); }
  v = v * columns[4u * at];
  let word = out_row * params.out_stride4 + at;
  if (params.quantize != 0u) {
    y[word] = codes_pack(codes_encode(v, columns[4u * at + 2u], columns[4u * at + 3u], vec4f(params.out_max)));
  } else {
    let bits = bitcast<vec4u>(v);
    y[4u * word] = bits.x; y[4u * word + 1u] = bits.y; y[4u * word + 2u] = bits.z; y[4u * word + 3u] = bits.w;
  }
}

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
  for (var j = local % 16u; j < quads; j += 16u) {
    let k0 = key_base + min(4u * j, last) * params.qkv_stride4;
    let k1 = key_base + min(4u * j + 1u, last) * params.qkv_stride4;
    let k2 = key_base + min(4u * j + 2u, last) * params.qkv_stride4;
    let k3 = key_base + min(4u * j + 3u, last) * params.qkv_stride4;
    let q = vec4u(base) + min(vec4u(row + r) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * params.qkv_stride4;
    var a0 = vec4i(0); var a1 = vec4i(0); var a2 = vec4i(0); var a3 = vec4i(0);
    var q_sum = vec4i(0); var k_sum = vec4i(0);
    for (var c = 0u; c < params.head4; c++) {
      let m = vec4u(qkv[k0 + c], qkv[k1 + c], qkv[k2 + c], qkv[k3 + c]);
      let v = vec4u(qkv[q.x + c], qkv[q.y + c], qkv[q.z + c], qkv[q.w + c]);
      a0 += dots(v.x, m); a1 += dots(v.y, m); a2 += dots(v.z, m); a3 += dots(v.w, m);
      k_sum += dots(0x01010101u, m); q_sum += dots(0x01010101u, v);
    }
    let k_grids = key_grids(head, 4u * j);
    scores[60u * r + j] = score(a0, q_sum.x, k_sum, query_grid(head, row + r), k_grids);
    scores[60u * (r + 1u) + j] = score(a1, q_sum.y, k_sum, query_grid(head, row + r + 1u), k_grids);
    scores[60u * (r + 2u) + j] = score(a2, q_sum.z, k_sum, query_grid(head, row + r + 2u), k_grids);
    scores[60u * (r + 3u) + j] = score(a3, q_sum.w, k_sum, query_grid(head, row + r + 3u), k_grids);
  }
  workgroupBarrier();

  // Four invocations per query, each with every fourth quad: the partial sums of lib/sums.
  let mine = 60u * (local / 4u);
  let lane = local % 4u;
  let first = local - lane;
  var top4 = vec4f(-3.4e38);
  for (var j = lane; j < quads; j += 4u) { top4 = max(top4, select(vec4f(-3.4e38), scores[mine + j], inside(j))); }
  shared4[local] = top4;
  workgroupBarrier();
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
  let sum = sums_fold(shared4[first], shared4[first + 1u], shared4[first + 2u], shared4[first + 3u]);
  var even4 = vec4i(0);
  var odd4 = vec4i(0);
  for (var j = lane; j < quads; j += 4u) {
    let e = scores[mine + j];
    let p = select(vec4f(0.0), vec4f(level(e.x, sum), level(e.y, sum), level(e.z, sum), level(e.w, sum)), inside(j));
    scores[mine + j] = p;
    if (params.odd != 0u) { even4 += max(vec4i(p), vec4i(0)); odd4 += max(-vec4i(p), vec4i(0)); } else { even4 += vec4i(p); }
  }
  workgroupBarrier();
  // Level sums need all 32 bits, which a float word carries untouched only as an integer's value: below 2^31 in two halves of 16 bits.
  let even_sum = even4.x + even4.y + even4.z + even4.w;
  let odd_sum = odd4.x + odd4.y + odd4.z + odd4.w;
  shared4[local] = vec4f(f32(even_sum >> 16u), f32(even_sum & 0xffff), f32(odd_sum >> 16u), f32(odd_sum & 0xffff));
  workgroupBarrier();

  // Four queries and one quad of channels per invocation.
  for (var c = local % 16u; c < params.head4; c += 16u) {
    var even = array<vec4i, 4>();
    var odd = array<vec4i, 4>();
    for (var j = 0u; j < quads; j++) {
      let m0 = bytes(qkv[value_base + min(4u * j, last) * params.qkv_stride4 + c]);
      let m1 = bytes(qkv[value_base + min(4u * j + 1u, last) * params.qkv_stride4 + c]);
      let m2 = bytes(qkv[value_base + min(4u * j + 2u, last) * params.qkv_stride4 + c]);
      let m3 = bytes(qkv[value_base + min(4u * j + 3u, last) * params.qkv_stride4 + c]);
      for (var t = 0u; t < 4u; t++) {
        let p = vec4i(scores[60u * (r + t) + j]);
        let a = select(p, max(p, vec4i(0)), params.odd != 0u);
        even[t] += m0 * a.x + m1 * a.y + m2 * a.z + m3 * a.w;
        if (params.odd != 0u) {
          let b = max(-p, vec4i(0));
          odd[t] += m0 * b.x + m1 * b.y + m2 * b.z + m3 * b.w;
        }
      }
    }
    for (var t = 0u; t < 4u; t++) {
      let at = 4u * (r + t);
      let parts = mat4x4f(shared4[at], shared4[at + 1u], shared4[at + 2u], shared4[at + 3u]);
      // Each part is below 2^18 in magnitude: exact.
      let halves = vec4i(parts[0] + parts[1] + parts[2] + parts[3]);
      if (row + r + t < params.tokens) {
        let out_row = image * params.tokens + row + r + t;
        store(out_row, head * params.head4 + c, even[t], odd[t], (halves.x << 16u) + halves.y, (halves.z << 16u) + halves.w);
      }
    }
  }
}
