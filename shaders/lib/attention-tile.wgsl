// What all kernels do that compute 16 queries of a head per workgroup of 64, with scores, exponentials and levels in workgroup memory: at most 240 tokens.
// Right at any subgroup size: what invocations share goes through workgroup memory and barriers. The module declares `params`.
//include lib/exact-math.wgsl
//include lib/attention-tokens.wgsl
//include lib/sums.wgsl

// Quad j of query r: scores[60 r + j].
var<workgroup> scores: array<vec4f, 960>;
// One word of each of the four invocations that share a query.
var<workgroup> shared4: array<vec4f, 64>;

// Which keys of quad j exist.
fn attention_tile_inside(j: u32) -> vec4<bool> { return vec4u(4u * j) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.tokens); }

// Where a workgroup's queries are, and where its head starts in qkv.
struct AttentionTile { row: u32, image: u32, head: u32, last: u32, quads: u32, base: u32, key_base: u32, value_base: u32 }

fn attention_tile_place(group: vec3u) -> AttentionTile {
  let row = group.x * 16u;
  let image = group.z / params.heads;
  let head = group.z % params.heads;
  let last = params.tokens - 1u;
  let quads = (params.tokens + 3u) / 4u;
  let base = image * params.tokens * params.qkv_stride4 + head * params.head4;
  return AttentionTile(row, image, head, last, quads, base, base + params.key_offset4, base + params.value_offset4);
}

// Scores become exponentials; the partial sums of query q are left in shared4[4 q ..], see attention_tile_sum.
fn attention_tile_exponentials(local: u32, quads: u32) {
  // Four invocations per query, each with every fourth quad: the partial sums of lib/sums.
  let mine = 60u * (local / 4u);
  let lane = local % 4u;
  var top4 = vec4f(-3.4e38);
  for (var j = lane; j < quads; j += 4u) { top4 = max(top4, select(vec4f(-3.4e38), scores[mine + j], attention_tile_inside(j))); }
  shared4[local] = top4;
  workgroupBarrier();
  let first = local - lane;
  top4 = max(max(shared4[first], shared4[first + 1u]), max(shared4[first + 2u], shared4[first + 3u]));
  let top = max(max(top4.x, top4.y), max(top4.z, top4.w));
  var sum4 = vec4f(0.0);
  for (var j = lane; j < quads; j += 4u) {
    let e = select(vec4f(0.0), exact_exp(min(scores[mine + j] - top, vec4f(0.0))), attention_tile_inside(j));
    scores[mine + j] = e;
    sum4 += e;
  }
  workgroupBarrier();
  shared4[local] = sum4;
  workgroupBarrier();
}

// The sum of a query's exponentials: in the order of lib/sums.
fn attention_tile_sum(query: u32) -> f32 {
  let at = 4u * query;
  return sums_fold(shared4[at], shared4[at + 1u], shared4[at + 2u], shared4[at + 3u]);
}
