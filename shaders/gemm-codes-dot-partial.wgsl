requires packed_4x8_integer_dot_product;
// First half of gemm-codes-dot with K cut into slices, for layers with few outputs and a long K: y[slice,M,N] = sum_k x w - w_zero * sum_k x over the slice, i32.
// gemm-codes-combine adds the slices; integers are exact in any order, so that both halves give the words of gemm-codes-dot.
// x, weight and column_i as in gemm-codes-dot. slice4: quads of K in a slice, whole words of the weights; the last slice takes what is left.
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32, slice4: u32,
}
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_i: array<vec4i>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4i>;

fn x_base(row: u32) -> u32 { return (min(row, params.rows - 1u) * params.x_step + params.x_offset) * params.x_stride4; }

fn dots(a: u32, b: vec4u) -> vec4u {
  return vec4u(dot4U8Packed(a, b.x), dot4U8Packed(a, b.y), dot4U8Packed(a, b.z), dot4U8Packed(a, b.w));
}

fn four_words(at: u32) -> vec4u {
  return vec4u(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column4 = id.x * 2u;
  let row = id.y * 8u;
  if (row >= params.rows || column4 >= params.columns4) { return; }
  let x0 = x_base(row + 0u); var a0 = vec4u(0u); var b0 = vec4u(0u); var s0 = 0u;
  let x1 = x_base(row + 1u); var a1 = vec4u(0u); var b1 = vec4u(0u); var s1 = 0u;
  let x2 = x_base(row + 2u); var a2 = vec4u(0u); var b2 = vec4u(0u); var s2 = 0u;
  let x3 = x_base(row + 3u); var a3 = vec4u(0u); var b3 = vec4u(0u); var s3 = 0u;
  let x4 = x_base(row + 4u); var a4 = vec4u(0u); var b4 = vec4u(0u); var s4 = 0u;
  let x5 = x_base(row + 5u); var a5 = vec4u(0u); var b5 = vec4u(0u); var s5 = 0u;
  let x6 = x_base(row + 6u); var a6 = vec4u(0u); var b6 = vec4u(0u); var s6 = 0u;
  let x7 = x_base(row + 7u); var a7 = vec4u(0u); var b7 = vec4u(0u); var s7 = 0u;
  let mask = select(select(0x03030303u, 0x0f0f0f0fu, CONTAINER == 4u), 0xffffffffu, CONTAINER == 8u);
  let groups = 8u / CONTAINER;
  let end = min((id.z + 1u) * params.slice4, params.depth4);
  var k = id.z * params.slice4;
  var w = column4 * 4u + (k / groups) * params.weight_stride;
  while (k < end) {
    let p = four_words(w); let q = four_words(w + 4u);
    w += params.weight_stride;
    for (var g = 0u; g < groups && k < end; g++) {
      let pg = (p >> vec4u(CONTAINER * g)) & vec4u(mask);
      let qg = (q >> vec4u(CONTAINER * g)) & vec4u(mask);
      let v0 = x[x0 + k]; a0 += dots(v0, pg); b0 += dots(v0, qg); s0 += dot4U8Packed(v0, 0x01010101u);
      let v1 = x[x1 + k]; a1 += dots(v1, pg); b1 += dots(v1, qg); s1 += dot4U8Packed(v1, 0x01010101u);
      let v2 = x[x2 + k]; a2 += dots(v2, pg); b2 += dots(v2, qg); s2 += dot4U8Packed(v2, 0x01010101u);
      let v3 = x[x3 + k]; a3 += dots(v3, pg); b3 += dots(v3, qg); s3 += dot4U8Packed(v3, 0x01010101u);
      let v4 = x[x4 + k]; a4 += dots(v4, pg); b4 += dots(v4, qg); s4 += dot4U8Packed(v4, 0x01010101u);
      let v5 = x[x5 + k]; a5 += dots(v5, pg); b5 += dots(v5, qg); s5 += dot4U8Packed(v5, 0x01010101u);
      let v6 = x[x6 + k]; a6 += dots(v6, pg); b6 += dots(v6, qg); s6 += dot4U8Packed(v6, 0x01010101u);
      let v7 = x[x7 + k]; a7 += dots(v7, pg); b7 += dots(v7, qg); s7 += dot4U8Packed(v7, 0x01010101u);
      k++;
    }
  }
  var sums = array<vec4i, 16>(vec4i(a0), vec4i(b0), vec4i(a1), vec4i(b1), vec4i(a2), vec4i(b2), vec4i(a3), vec4i(b3), vec4i(a4), vec4i(b4), vec4i(a5), vec4i(b5), vec4i(a6), vec4i(b6), vec4i(a7), vec4i(b7));
  var row_sums = array<i32, 8>(i32(s0), i32(s1), i32(s2), i32(s3), i32(s4), i32(s5), i32(s6), i32(s7));
  for (var t = 0u; t < 16u; t++) {
    let at_row = row + t / 2u;
    let at_column4 = column4 + t % 2u;
    if (at_row < params.rows && at_column4 < params.columns4) {
      let zeros = vec4i(column_i[4u * at_column4].x, column_i[4u * at_column4 + 1u].x, column_i[4u * at_column4 + 2u].x, column_i[4u * at_column4 + 3u].x);
      y[(id.z * params.rows + at_row) * params.columns4 + at_column4] = sums[t] - zeros * row_sums[t / 2u];
    }
  }
}
