requires packed_4x8_integer_dot_product;
// Attention of whole rows in integers, the words of attention-rows-codes-integer: 16 queries of a head per workgroup of 64, their scores in workgroup memory.
// q . k^T on the packed integer dot product, P.V in 32-bit integers. At most 240 tokens. Right at any subgroup size: what invocations share goes through
// workgroup memory and barriers.
//include lib/attention-codes-layer.wgsl
//include lib/attention-tile.wgsl
//include lib/dots.wgsl

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let place = attention_tile_place(group);

  // Four queries and four keys per invocation; the next 64 keys follow.
  let r = (local / 16u) * 4u;
  for (var j = local % 16u; j < place.quads; j += 16u) {
    let k = attention_tokens(place.key_base, 4u * j, place.last);
    let q = attention_tokens(place.base, place.row + r, place.last);
    var a0 = vec4i(0); var a1 = vec4i(0); var a2 = vec4i(0); var a3 = vec4i(0);
    var q_sum = vec4i(0); var k_sum = vec4i(0);
    for (var c = 0u; c < params.head4; c++) {
      let m = vec4u(qkv[k.x + c], qkv[k.y + c], qkv[k.z + c], qkv[k.w + c]);
      let v = vec4u(qkv[q.x + c], qkv[q.y + c], qkv[q.z + c], qkv[q.w + c]);
      a0 += vec4i(dots_four(v.x, m)); a1 += vec4i(dots_four(v.y, m)); a2 += vec4i(dots_four(v.z, m)); a3 += vec4i(dots_four(v.w, m));
      k_sum += vec4i(dots_four(0x01010101u, m)); q_sum += vec4i(dots_four(0x01010101u, v));
    }
    var sums = array<vec4i, 4>(a0, a1, a2, a3);
    let k_grids = attention_codes_key_grids(place.head, 4u * j);
    let k_zeros = vec4i(k_grids[1]);
    for (var t = 0u; t < 4u; t++) {
      let grid = attention_codes_query_grid(place.head, place.row + r + t);
      scores[60u * (r + t) + j] = attention_codes_score(sums[t], q_sum[t], k_sum, grid.x, i32(grid.y), k_grids[0], k_zeros);
    }
  }
  workgroupBarrier();

  attention_tile_exponentials(local, place.quads);

  // Four invocations per query, as there.
  let mine = 60u * (local / 4u);
  let lane = local % 4u;
  let sum = attention_tile_sum(local / 4u);
  let inverse = exact_reciprocal(vec4f(sum)).x;
  var all4 = vec4i(0);
  for (var j = lane; j < place.quads; j += 4u) {
    let e = scores[mine + j];
    let p = select(vec4f(0.0), attention_codes_levels(e, sum, inverse), attention_tile_inside(j));
    scores[mine + j] = p;
    all4 += vec4i(p);
  }
  workgroupBarrier();
  // Level sums need all 32 bits, which a float word carries untouched only as an integer's value: below 2^31 in two halves of 16 bits.
  let all = all4.x + all4.y + all4.z + all4.w;
  shared4[local] = vec4f(f32(all >> 16u), f32(all & 0xffff), 0.0, 0.0);
  workgroupBarrier();

  // Four queries and one quad of channels per invocation.
  for (var c = local % 16u; c < params.head4; c += 16u) {
    var sums = array<vec4i, 4>();
    for (var j = 0u; j < place.quads; j++) {
      let v = attention_tokens(place.value_base, 4u * j, place.last);
      let m0 = codes_bytes(qkv[v.x + c]); let m1 = codes_bytes(qkv[v.y + c]); let m2 = codes_bytes(qkv[v.z + c]); let m3 = codes_bytes(qkv[v.w + c]);
      for (var t = 0u; t < 4u; t++) {
        let a = vec4i(scores[60u * (r + t) + j]);
        sums[t] += m0 * a.x + m1 * a.y + m2 * a.z + m3 * a.w;
      }
    }
    for (var t = 0u; t < 4u; t++) {
      let at = 4u * (r + t);
      let parts = mat4x4f(shared4[at], shared4[at + 1u], shared4[at + 2u], shared4[at + 3u]);
      // Each part is below 2^18 in magnitude: exact.
      let halves = vec4i(parts[0] + parts[1] + parts[2] + parts[3]);
      if (place.row + r + t < params.tokens) {
        let column = attention_codes_column(place.head * params.head4 + c);
        let v = attention_codes_value(column, sums[t], (halves.x << 16u) + halves.y);
        let word = (place.image * params.tokens + place.row + r + t) * params.out_stride4 + place.head * params.head4 + c;
        if (params.quantize != 0u) { attention_codes_store(word, v, column); } else { attention_codes_store_floats(word, v); }
      }
    }
  }
}
