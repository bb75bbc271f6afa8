// Softmax of rows: e = exp(x - max), y = e / sum(e). One invocation per row, exact two-pass maximum, sum in the order of lib/sums.
// QUANTIZE: writes the code of a codebook instead: the number of thresholds t (ascending) with e >= t * sum, reversed where
// code 0 is the largest level (REVERSED: log2 family). No division and no logarithm decides a code, so every adapter agrees.
// x: [rows, stride4] vec4, columns past `columns` ignored. y: f32 words or u8 codes four per u32; padded columns are written as 0.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
//include lib/sums.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, threshold_count: u32, search_steps: u32 }
override QUANTIZE: bool = false;
override REVERSED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> thresholds: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

fn inside(c4: u32) -> vec4<bool> { return vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns); }

fn exponential(base: u32, c4: u32, top: f32) -> vec4f {
  if (c4 >= params.stride4) { return vec4f(0.0); }
  return select(vec4f(0.0), exact_exp(min(x[base + c4] - top, vec4f(0.0))), inside(c4));
}

// Binary search: how many thresholds e has reached. thresholds is padded with infinity-like values to 2^search_steps - 1.
fn reached(e: f32, sum: f32) -> u32 {
  var count = 0u;
  var step = 1u << (params.search_steps - 1u);
  for (var i = 0u; i < params.search_steps; i++) {
    if (e >= thresholds[count + step - 1u] * sum) { count += step; }
    step >>= 1u;
  }
  return count;
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = row * params.stride4;
  var top4 = vec4f(-3.4e38);
  for (var c = 0u; c < params.stride4; c++) { top4 = max(top4, select(vec4f(-3.4e38), x[base + c], inside(c))); }
  let top = max(max(top4.x, top4.y), max(top4.z, top4.w));
  var a0 = vec4f(0.0); var a1 = vec4f(0.0); var a2 = vec4f(0.0); var a3 = vec4f(0.0);
  for (var c = 0u; c < params.stride4; c += 4u) {
    a0 += exponential(base, c, top); a1 += exponential(base, c + 1u, top);
    a2 += exponential(base, c + 2u, top); a3 += exponential(base, c + 3u, top);
  }
  let sum = sums_fold(a0, a1, a2, a3);
  let inverse = exact_reciprocal(vec4f(sum));
  for (var c = 0u; c < params.stride4; c++) {
    let e = exponential(base, c, top);
    if (QUANTIZE) {
      var code = vec4u(reached(e.x, sum), reached(e.y, sum), reached(e.z, sum), reached(e.w, sum));
      if (REVERSED) { code = vec4u(params.threshold_count) - code; }
      y[base + c] = codes_pack(select(vec4f(0.0), vec4f(code), inside(c)));
    } else {
      let at = 4u * (base + c);
      let bits = bitcast<vec4u>(e * inverse);
      y[at] = bits.x; y[at + 1u] = bits.y; y[at + 2u] = bits.z; y[at + 3u] = bits.w;
    }
  }
}
