enable subgroups;
requires packed_4x8_integer_dot_product;
// gemm-codes-dot with x shared in the subgroup: the same arguments, the same words.
//include lib/gemm-codes-dot-layer.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-codes-subgroup.wgsl

fn gemm_codes_block(row: u32, column4: u32, from4: u32, to4: u32) -> GemmCodesBlock {
  let own = gemm_codes_subgroup_rows(row);
  var a0 = vec4u(0u); var s0 = 0u;
  var a1 = vec4u(0u); var s1 = 0u;
  var a2 = vec4u(0u); var s2 = 0u;
  var a3 = vec4u(0u); var s3 = 0u;
  var a4 = vec4u(0u); var s4 = 0u;
  var a5 = vec4u(0u); var s5 = 0u;
  var a6 = vec4u(0u); var s6 = 0u;
  var a7 = vec4u(0u); var s7 = 0u;
  let groups = 8u / CONTAINER;
  var k = from4;
  var w = 4u * min(column4, params.weight_stride / 4u - 1u) + (k / groups) * params.weight_stride;
  while (k < to4) {
    let words = gemm_codes_dot_words(w);
    w += params.weight_stride;
    for (var g = 0u; g < groups && k < to4; g++) {
      let p = gemm_codes_dot_group(words, g);
      let even = x[own.x + k];
      let odd = x[own.y + k];
      let v0 = subgroupBroadcast(even, 0u); a0 += dots_four(v0, p); s0 += dot4U8Packed(v0, 0x01010101u);
      let v1 = subgroupBroadcast(odd, 0u); a1 += dots_four(v1, p); s1 += dot4U8Packed(v1, 0x01010101u);
      let v2 = subgroupBroadcast(even, 1u); a2 += dots_four(v2, p); s2 += dot4U8Packed(v2, 0x01010101u);
      let v3 = subgroupBroadcast(odd, 1u); a3 += dots_four(v3, p); s3 += dot4U8Packed(v3, 0x01010101u);
      let v4 = subgroupBroadcast(even, 2u); a4 += dots_four(v4, p); s4 += dot4U8Packed(v4, 0x01010101u);
      let v5 = subgroupBroadcast(odd, 2u); a5 += dots_four(v5, p); s5 += dot4U8Packed(v5, 0x01010101u);
      let v6 = subgroupBroadcast(even, 3u); a6 += dots_four(v6, p); s6 += dot4U8Packed(v6, 0x01010101u);
      let v7 = subgroupBroadcast(odd, 3u); a7 += dots_four(v7, p); s7 += dot4U8Packed(v7, 0x01010101u);
      k++;
    }
  }
  return GemmCodesBlock(
    array<vec4i, 8>(vec4i(a0), vec4i(a1), vec4i(a2), vec4i(a3), vec4i(a4), vec4i(a5), vec4i(a6), vec4i(a7)),
    array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7)),
  );
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own_lane: u32) {
  lane = own_lane;
  // Blocks that do not exist are computed too: a broadcast needs its whole subgroup. Their columns read the last ones.
  gemm_codes_blocks(id, params.depth4);
}
