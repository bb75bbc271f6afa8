// First half of gemm-f32 with K cut into slices, for layers with few outputs and a long K: y[slice,M,N] = x[M,Kslice] . weight[N,Kslice]^T, no bias.
// gemm-f32-combine adds the slices in order, so that the result is always the same, though not that of one chain along K: for float models only.
// x and weight as in gemm-f32. slice4: quads of K in a slice; the last slice takes what is left.
//include lib/gemm-float-block8.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_columns4: u32,
  x_step: u32, x_offset: u32, x_stride4: u32, slice4: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn gemm_float_x(_row: u32, base: u32, k: u32) -> vec4f { return x[base + k]; }
fn gemm_float_weight(at: u32) -> vec4f { return weight[at]; }

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
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
