// DeMax softmax (UQ-ViT): every row keeps its maximum in float and codes the rest uniformly, step = second maximum / (2^b - 1).
// e = exp(x - max), p = e / sum(e): code = clamp(round(e / e_second * (2^b - 1)), 0, code_max), where the sum cancels; the (first) maximum itself has code 0.
// One invocation per row. x: [rows, stride4] vec4 f32, columns past `columns` ignored.
// y: [rows, out_stride4] words: codes four per word (padding 0), then row scale = step (f32), row maximum (f32), its index (u32), 0.
// DECODE: y: [rows, stride4] vec4 f32, what those codes mean, for the float simulation.
// e_second is at least 2^-60: what is smaller weighs nothing, and no step becomes subnormal.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/sums.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, out_stride4: u32, code_max: f32, inverse_levels: f32 }
override DECODE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

fn exponential(base: u32, c4: u32, top: f32) -> vec4f {
  if (c4 >= params.stride4) { return vec4f(0.0); }
  let inside = vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns);
  return select(vec4f(0.0), exact_exp(min(x[base + c4] - top, vec4f(0.0))), inside);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = row * params.stride4;
  var top = -3.4e38;
  var second = -3.4e38;
  var index = 0u;
  for (var c = 0u; c < params.columns; c++) {
    let v = x[base + c / 4u][c % 4u];
    let above = v > top;
    second = select(max(second, v), top, above);
    index = select(index, c, above);
    top = select(top, v, above);
  }
  var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
  for (var c = 0u; c < params.stride4; c += 4u) {
    a0 += exponential(base, c, top); a1 += exponential(base, c + 1u, top);
    a2 += exponential(base, c + 2u, top); a3 += exponential(base, c + 3u, top);
  }
  let highest = exact_reciprocal(vec4f(sums_fold(a0, a1, a2, a3))).x;
  let e_second = max(exact_exp(vec4f(max(second - top, -100.0))).x, 8.67361738e-19);
  let growth = exact_reciprocal(vec4f(e_second)).x;
  let row_scale = (e_second * highest) * params.inverse_levels;
  for (var c = 0u; c < params.stride4; c++) {
    let codes = clamp(round((exponential(base, c, top) * growth) * params.code_max), vec4f(0.0), vec4f(params.code_max));
    let at_top = vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u) == vec4u(index);
    if (DECODE) {
      let bits = bitcast<vec4u>(select(codes * row_scale, vec4f(highest), at_top));
      let at = 4u * (base + c);
      y[at] = bits.x; y[at + 1u] = bits.y; y[at + 2u] = bits.z; y[at + 3u] = bits.w;
    } else {
      y[row * params.out_stride4 + c] = codes_pack(select(codes, vec4f(0.0), at_top));
    }
  }
  if (!DECODE) {
    let end = row * params.out_stride4 + params.stride4;
    y[end] = bitcast<u32>(row_scale); y[end + 1u] = bitcast<u32>(highest); y[end + 2u] = index; y[end + 3u] = 0u;
  }
}
