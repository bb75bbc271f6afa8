// y = f(x) element by element, or f(a) * b of the two halves a, b of a row (GATED): activations that no Gemm's epilogue computes.
// KIND: 0 GELU, 1 its tanh form, 2 x / (1 + exp(-1.702 x)) (QuickGELU), 3 x / (1 + exp(-x)) (SiLU), 4 max(x, 0), 5 c0 + c1 x + c2 x^2,
// 6 clamp(c0 + c1 x, 0, 1).
// x: [rows, in_stride] f32 words. y: [rows, out_stride] f32 words; words past `columns` are written as 0.
//include lib/exact-math.wgsl
struct Params { rows: u32, columns: u32, in_stride: u32, out_stride: u32, c0: f32, c1: f32, c2: f32 }
override KIND: u32 = 0u;
override GATED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn by_sigmoid(v: f32, slope: f32) -> f32 {
  let u = slope * v;
  let e = exact_exp(vec4f(-abs(u)));
  let inverse = exact_reciprocal(1.0 + e);
  return v * select(inverse.x, e.x * inverse.x, u < 0.0);
}

fn activate(v: f32) -> f32 {
  if (KIND == 0u) { return exact_gelu(vec4f(v)).x; }
  if (KIND == 1u) { return exact_gelu_tanh(vec4f(v)).x; }
  if (KIND == 2u) { return by_sigmoid(v, 1.702); }
  if (KIND == 3u) { return by_sigmoid(v, 1.0); }
  if (KIND == 4u) { return max(v, 0.0); }
  if (KIND == 6u) { return clamp(fma(params.c1, v, params.c0), 0.0, 1.0); }
  return fma(fma(params.c2, v, params.c1), v, params.c0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.x + id.y * groups.x * 64u;
  if (at >= params.rows * params.out_stride) { return; }
  let column = at % params.out_stride;
  if (column >= params.columns) { y[at] = 0.0; return; }
  let source = (at / params.out_stride) * params.in_stride + column;
  var v = activate(x[source]);
  if (GATED) { v = v * x[source + params.columns]; }
  y[at] = v;
}
