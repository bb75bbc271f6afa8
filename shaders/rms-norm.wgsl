// RMSNorm of rows (Zhang, Sennrich 2019, arXiv 1910.07467): y = x / sqrt(mean(x^2) + epsilon) * gain + shift. Layouts and QUANTIZE as in layer-norm.wgsl.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/sums.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, inverse_columns: f32, epsilon: f32, code_max: f32 }
override QUANTIZE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

fn inside(c4: u32) -> vec4<bool> { return vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns); }

fn square(base: u32, c4: u32, sum: vec4f) -> vec4f {
  if (c4 >= params.stride4) { return sum; }
  let v = select(vec4f(0.0), x[base + c4], inside(c4));
  return fma(v, v, sum);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = row * params.stride4;
  var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
  for (var c = 0u; c < params.stride4; c += 4u) {
    a0 = square(base, c, a0); a1 = square(base, c + 1u, a1);
    a2 = square(base, c + 2u, a2); a3 = square(base, c + 3u, a3);
  }
  let inverse = exact_inverse_sqrt(fma(sums_fold(a0, a1, a2, a3), params.inverse_columns, params.epsilon));
  for (var c = 0u; c < params.stride4; c++) {
    let v = select(vec4f(0.0), fma(x[base + c] * inverse, gain[c], shift[c]), inside(c));
    if (QUANTIZE) {
      y[base + c] = codes_pack(clamp(round(v), vec4f(0.0), vec4f(params.code_max)));
    } else {
      let at = 4u * (base + c);
      let bits = bitcast<vec4u>(v);
      y[at] = bits.x; y[at + 1u] = bits.y; y[at + 2u] = bits.z; y[at + 3u] = bits.w;
    }
  }
}
