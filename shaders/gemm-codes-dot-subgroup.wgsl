enable subgroups;
requires packed_4x8_integer_dot_product;
// gemm-codes-dot with x shared in the subgroup: the same arguments, the same words. A workgroup is one band of 8 rows x 128 columns, 8 x 4 per invocation, so that
// all invocations of a subgroup need the same eight words of x: lanes 0 to 3 (every subgroup has four) load two rows each and broadcast them.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/gemm-codes.wgsl
struct Params {
  rows: u32, columns4: u32, depth4: u32, weight_stride: u32,
  x_step: u32, x_offset: u32, x_stride4: u32,
  out_group: u32, out_group_stride: u32, out_offset: u32, out_stride4: u32,
  residual_rows: u32, residual_stride4: u32, row_period: u32,
}
override GELU: u32 = 0; // 0: none, 1: erf, 2: tanh
override RESIDUAL: bool = false;
override QUANTIZE: bool = false;
override CONTAINER: u32 = 8; // bits that a stored weight code takes: 2, 4 or 8
override TOKENS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<u32>;
@group(0) @binding(3) var<storage, read> column_f: array<vec4f>;
@group(0) @binding(4) var<storage, read> column_i: array<vec4i>;
@group(0) @binding(5) var<storage, read> residual: array<vec4u>;
@group(0) @binding(6) var<storage, read> row_table: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> y: array<u32>;

fn dots(a: u32, b: vec4u) -> vec4u {
  return vec4u(dot4U8Packed(a, b.x), dot4U8Packed(a, b.y), dot4U8Packed(a, b.z), dot4U8Packed(a, b.w));
}

fn four_words(at: u32) -> vec4u {
  return vec4u(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // No early return: a broadcast needs its whole subgroup. Columns that are none read the last ones and store nothing.
  let row = id.y * 8u;
  let own = row + 2u * (lane & 3u);
  let low = gemm_codes_x_base(own);
  let high = gemm_codes_x_base(own + 1u);
  var a0 = vec4u(0u); var s0 = 0u;
  var a1 = vec4u(0u); var s1 = 0u;
  var a2 = vec4u(0u); var s2 = 0u;
  var a3 = vec4u(0u); var s3 = 0u;
  var a4 = vec4u(0u); var s4 = 0u;
  var a5 = vec4u(0u); var s5 = 0u;
  var a6 = vec4u(0u); var s6 = 0u;
  var a7 = vec4u(0u); var s7 = 0u;
  let mask = select(select(0x03030303u, 0x0f0f0f0fu, CONTAINER == 4u), 0xffffffffu, CONTAINER == 8u);
  let groups = 8u / CONTAINER;
  var w = 4u * min(id.x, params.weight_stride / 4u - 1u);
  var k = 0u;
  while (k < params.depth4) {
    let words = four_words(w);
    w += params.weight_stride;
    for (var g = 0u; g < groups && k < params.depth4; g++) {
      let p = (words >> vec4u(CONTAINER * g)) & vec4u(mask);
      let even = x[low + k];
      let odd = x[high + k];
      let v0 = subgroupBroadcast(even, 0u); a0 += dots(v0, p); s0 += dot4U8Packed(v0, 0x01010101u);
      let v1 = subgroupBroadcast(odd, 0u); a1 += dots(v1, p); s1 += dot4U8Packed(v1, 0x01010101u);
      let v2 = subgroupBroadcast(even, 1u); a2 += dots(v2, p); s2 += dot4U8Packed(v2, 0x01010101u);
      let v3 = subgroupBroadcast(odd, 1u); a3 += dots(v3, p); s3 += dot4U8Packed(v3, 0x01010101u);
      let v4 = subgroupBroadcast(even, 2u); a4 += dots(v4, p); s4 += dot4U8Packed(v4, 0x01010101u);
      let v5 = subgroupBroadcast(odd, 2u); a5 += dots(v5, p); s5 += dot4U8Packed(v5, 0x01010101u);
      let v6 = subgroupBroadcast(even, 3u); a6 += dots(v6, p); s6 += dot4U8Packed(v6, 0x01010101u);
      let v7 = subgroupBroadcast(odd, 3u); a7 += dots(v7, p); s7 += dot4U8Packed(v7, 0x01010101u);
      k++;
    }
  }
  var sums = array<vec4u, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
  var row_sums = array<u32, 8>(s0, s1, s2, s3, s4, s5, s6, s7);
  if (id.x >= params.columns4) { return; }
  let columns = gemm_codes_columns(id.x, 0u);
  for (var r = 0u; r < 8u && row + r < params.rows; r++) {
    let v = gemm_codes_part(row + r, columns, vec4i(sums[r]), i32(row_sums[r]), columns.bias);
    gemm_codes_finish(row + r, id.x, columns, v);
  }
}
