enable subgroups;
// gemm-codes-f32 with x shared in the subgroup: the same arguments, the same words. Codes of x are unpacked once per subgroup.
//include lib/gemm-codes-f32-layer.wgsl
//include lib/gemm-codes-blocks.wgsl
//include lib/gemm-codes-subgroup.wgsl
//include lib/gemm-weights.wgsl
//include lib/quads.wgsl

fn gemm_codes_block(row: u32, column4: u32, from4: u32, to4: u32) -> GemmCodesBlock {
  let own = gemm_codes_subgroup_rows(row);
  let stride = params.weight_stride;
  let bit = min(column4, stride * 8u / CONTAINER - 1u) * 4u * CONTAINER;
  let shift = bit % 32u;
  var w = bit / 32u + 4u * from4 * stride;
  let chunk4 = select(to4 - from4, params.chunk4, CHUNKED);
  var block = GemmCodesBlock();
  for (var start = from4; start < to4; start += chunk4) {
    var a0 = vec4f(0.0); var s0 = 0.0;
    var a1 = vec4f(0.0); var s1 = 0.0;
    var a2 = vec4f(0.0); var s2 = 0.0;
    var a3 = vec4f(0.0); var s3 = 0.0;
    var a4 = vec4f(0.0); var s4 = 0.0;
    var a5 = vec4f(0.0); var s5 = 0.0;
    var a6 = vec4f(0.0); var s6 = 0.0;
    var a7 = vec4f(0.0); var s7 = 0.0;
    let end = min(start + chunk4, to4);
    for (var k = start; k < end; k++) {
      let p0 = gemm_weights_columns(weight[w] >> shift); let p1 = gemm_weights_columns(weight[w + stride] >> shift);
      let p2 = gemm_weights_columns(weight[w + 2u * stride] >> shift); let p3 = gemm_weights_columns(weight[w + 3u * stride] >> shift);
      w += 4u * stride;
      let even = gemm_codes_x(0u, own.x, k);
      let odd = gemm_codes_x(0u, own.y, k);
      let v0 = subgroupBroadcast(even, 0u); a0 = quads_madd(a0, p0, p1, p2, p3, v0); s0 += v0.x + v0.y + v0.z + v0.w;
      let v1 = subgroupBroadcast(odd, 0u); a1 = quads_madd(a1, p0, p1, p2, p3, v1); s1 += v1.x + v1.y + v1.z + v1.w;
      let v2 = subgroupBroadcast(even, 1u); a2 = quads_madd(a2, p0, p1, p2, p3, v2); s2 += v2.x + v2.y + v2.z + v2.w;
      let v3 = subgroupBroadcast(odd, 1u); a3 = quads_madd(a3, p0, p1, p2, p3, v3); s3 += v3.x + v3.y + v3.z + v3.w;
      let v4 = subgroupBroadcast(even, 2u); a4 = quads_madd(a4, p0, p1, p2, p3, v4); s4 += v4.x + v4.y + v4.z + v4.w;
      let v5 = subgroupBroadcast(odd, 2u); a5 = quads_madd(a5, p0, p1, p2, p3, v5); s5 += v5.x + v5.y + v5.z + v5.w;
      let v6 = subgroupBroadcast(even, 3u); a6 = quads_madd(a6, p0, p1, p2, p3, v6); s6 += v6.x + v6.y + v6.z + v6.w;
      let v7 = subgroupBroadcast(odd, 3u); a7 = quads_madd(a7, p0, p1, p2, p3, v7); s7 += v7.x + v7.y + v7.z + v7.w;
    }
    var sums = array<vec4f, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
    var row_sums = array<f32, 8>(s0, s1, s2, s3, s4, s5, s6, s7);
    for (var r = 0u; r < 8u; r++) {
      block.sums[r] += vec4i(sums[r]);
      block.row_sums[r] += i32(row_sums[r]);
    }
  }
  return block;
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) own_lane: u32) {
  lane = own_lane;
  // Blocks that do not exist are computed too: a broadcast needs its whole subgroup. Their columns read the last ones.
  gemm_codes_blocks(id, gemm_codes_group4());
}
