// A float layer with x shared in the subgroup. A workgroup is one band of 8 rows x 128 columns, 8 x 4 per invocation, so that all invocations of a subgroup need
// the same eight quads of x: lanes 0 to 3 (every subgroup has four) load two rows each and broadcast them.
// The module declares what lib/gemm-float.wgsl and lib/gemm-rows.wgsl ask for, gemm_float_x and gemm_float_weight.
//include lib/quads.wgsl

fn gemm_float_subgroup(id: vec3u, lane: u32) {
  // No early return: a broadcast needs its whole subgroup. Columns that are none read the last ones and store nothing.
  let row = id.y * 8u;
  let own = row + 2u * (lane & 3u);
  let low = gemm_rows_base(own);
  let high = gemm_rows_base(own + 1u);
  var a0 = vec4f(0.0);
  var a1 = vec4f(0.0);
  var a2 = vec4f(0.0);
  var a3 = vec4f(0.0);
  var a4 = vec4f(0.0);
  var a5 = vec4f(0.0);
  var a6 = vec4f(0.0);
  var a7 = vec4f(0.0);
  let stride = params.weight_columns4;
  var w = min(id.x, stride - 1u);
  for (var k = 0u; k < params.depth4; k++) {
    let p0 = gemm_float_weight(w); let p1 = gemm_float_weight(w + stride); let p2 = gemm_float_weight(w + 2u * stride); let p3 = gemm_float_weight(w + 3u * stride);
    w += 4u * stride;
    let even = gemm_float_x(0u, low, k);
    let odd = gemm_float_x(0u, high, k);
    a0 = quads_madd(a0, p0, p1, p2, p3, subgroupBroadcast(even, 0u));
    a1 = quads_madd(a1, p0, p1, p2, p3, subgroupBroadcast(odd, 0u));
    a2 = quads_madd(a2, p0, p1, p2, p3, subgroupBroadcast(even, 1u));
    a3 = quads_madd(a3, p0, p1, p2, p3, subgroupBroadcast(odd, 1u));
    a4 = quads_madd(a4, p0, p1, p2, p3, subgroupBroadcast(even, 2u));
    a5 = quads_madd(a5, p0, p1, p2, p3, subgroupBroadcast(odd, 2u));
    a6 = quads_madd(a6, p0, p1, p2, p3, subgroupBroadcast(even, 3u));
    a7 = quads_madd(a7, p0, p1, p2, p3, subgroupBroadcast(odd, 3u));
  }
  var sums = array<vec4f, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
  for (var t = 0u; t < 8u; t++) { gemm_float_finish(row + t, id.x, sums[t]); }
}
