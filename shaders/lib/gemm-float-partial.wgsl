// The sums of slices of K, side by side. The module declares y, gemm_float_x and gemm_float_weight. slice4: quads of K in a slice; the last slice takes what is left.
//include lib/gemm-float-block8.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32, slice4: u32,
}

@group(0) @binding(0) var<uniform> params: Params;

fn gemm_float_partial(id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let start = id.z * params.slice4;
  var sums = gemm_float_block8(row, column4, start, min(start + params.slice4, params.depth4));
  for (var t = 0u; t < 16u; t++) {
    let at_row = row + t / 2u;
    let at_column4 = column4 + t % 2u;
    if (at_row < params.rows && at_column4 < params.columns4) { y[(id.z * params.rows + at_row) * params.columns4 + at_column4] = sums[t]; }
  }
}
