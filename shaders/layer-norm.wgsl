// LayerNormalization of rows: n = (x - mean) / sqrt(variance + epsilon); y = n * gain + shift.
// QUANTIZE: codes clamp(round(fma(n, gain, shift)), 0, code_max) with gain = scale / step and shift = bias / step + zero point
// (RepQ-ViT's reparameterized LayerNorm: the per-channel factors are already folded into gain and shift).
// x: [rows, stride4] vec4 f32. gain, shift: [stride4] vec4. y: f32 words, or u8 codes four per u32; padded columns are written as 0.
// One invocation per row; mean first, then squared deviations, both in the order of lib/sums.
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

fn value(base: u32, c4: u32) -> vec4f {
  if (c4 >= params.stride4) { return vec4f(0.0); }
  return select(vec4f(0.0), x[base + c4], inside(c4));
}

// x - mean as an explicit fma: a compiler that contracts products into sums would do so here on some adapters only.
fn deviation(at: u32, total: f32) -> vec4f {
  return fma(vec4f(-total), vec4f(params.inverse_columns), x[at]);
}

fn squared_deviation(base: u32, c4: u32, total: f32, sum: vec4f) -> vec4f {
  if (c4 >= params.stride4) { return sum; }
  let d = select(vec4f(0.0), deviation(base + c4, total), inside(c4));
  return fma(d, d, sum);
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = row * params.stride4;
  var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
  for (var c = 0u; c < params.stride4; c += 4u) {
    a0 += value(base, c); a1 += value(base, c + 1u); a2 += value(base, c + 2u); a3 += value(base, c + 3u);
  }
  let total = sums_fold(a0, a1, a2, a3);
  a0 = vec4f(0.0); a1 = vec4f(0.0); a2 = vec4f(0.0); a3 = vec4f(0.0);
  for (var c = 0u; c < params.stride4; c += 4u) {
    a0 = squared_deviation(base, c, total, a0); a1 = squared_deviation(base, c + 1u, total, a1);
    a2 = squared_deviation(base, c + 2u, total, a2); a3 = squared_deviation(base, c + 3u, total, a3);
  }
  let rstd = exact_inverse_sqrt(fma(sums_fold(a0, a1, a2, a3), params.inverse_columns, params.epsilon));
  for (var c = 0u; c < params.stride4; c++) {
    let n = deviation(base + c, total) * rstd;
    let v = select(vec4f(0.0), fma(n, gain[c], shift[c]), inside(c));
    if (QUANTIZE) {
      y[base + c] = codes_pack(clamp(round(v), vec4f(0.0), vec4f(params.code_max)));
    } else {
      let at = 4u * (base + c);
      let bits = bitcast<vec4u>(v);
      y[at] = bits.x; y[at + 1u] = bits.y; y[at + 2u] = bits.z; y[at + 3u] = bits.w;
    }
  }
}
