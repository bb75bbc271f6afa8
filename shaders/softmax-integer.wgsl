// Log-int-softmax of FQ-ViT: scores become codes n = clamp(round(x / scale) + zero, 0, code_max), e = exponentials[max n - n], and the
// probability is 2^-q with q = log2(sum e / e) rounded in the linear domain. Integers throughout, after the one multiplication that makes n.
// exponentials: 256 u32 whose sums over a row stay below 2^30 (the integer polynomial of i-exp, see src/reference/log-int-softmax.ts).
// With p = round(sum e / e), q = t where p >= 3 * 2^(t-2), that is 2 sum + e >= 3 e 2^(t-1) (t >= 3); p >= 3 excludes, p >= 2 includes its tie.
// QUANTIZE: the code min(q, zero_code), where zero_code means 0, as does e = 0. Otherwise 2^-q as f32.
// x: [rows, stride4] vec4, columns past `columns` ignored. y: f32 words or u8 codes four per u32; padded columns are written as 0.
//include lib/codes.wgsl
struct Params { rows: u32, columns: u32, stride4: u32, inverse_scale: f32, zero: f32, code_max: f32, zero_code: u32 }
override QUANTIZE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> exponentials: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

const NEVER = 255u;

fn inside(c4: u32) -> vec4<bool> { return vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns); }

fn score(at: u32) -> vec4u {
  return vec4u(clamp(round(x[at] * params.inverse_scale) + params.zero, vec4f(0.0), vec4f(params.code_max)));
}

// Padding has a score of its own, never above the largest.
fn exponential(at: u32, c4: u32, top: u32) -> vec4u {
  let distance = vec4u(top) - min(score(at), vec4u(top));
  let e = vec4u(exponentials[distance.x], exponentials[distance.y], exponentials[distance.z], exponentials[distance.w]);
  return select(vec4u(0u), e, inside(c4));
}

fn log_code(e: u32, sum: u32) -> u32 {
  if (e == 0u) { return NEVER; }
  let triple = 3u * e;
  let twice = 2u * sum + e;
  if (2u * sum < triple) { return 0u; }
  if (twice - triple <= triple) { return 1u; }
  let n = firstLeadingBit(twice) - firstLeadingBit(triple);
  return max(2u, select(n, n + 1u, (twice >> n) >= triple));
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = row * params.stride4;
  var top4 = vec4u(0u);
  for (var c = 0u; c < params.stride4; c++) { top4 = max(top4, select(vec4u(0u), score(base + c), inside(c))); }
  let top = max(max(top4.x, top4.y), max(top4.z, top4.w));
  var sum4 = vec4u(0u);
  for (var c = 0u; c < params.stride4; c++) { sum4 += exponential(base + c, c, top); }
  let sum = sum4.x + sum4.y + sum4.z + sum4.w;
  for (var c = 0u; c < params.stride4; c++) {
    let e = exponential(base + c, c, top);
    let q = vec4u(log_code(e.x, sum), log_code(e.y, sum), log_code(e.z, sum), log_code(e.w, sum));
    if (QUANTIZE) {
      y[base + c] = codes_pack(select(vec4f(0.0), vec4f(min(q, vec4u(params.zero_code))), inside(c)));
    } else {
      let at = 4u * (base + c);
      let words = select((vec4u(127u) - min(q, vec4u(127u))) << vec4u(23u), vec4u(0u), q == vec4u(NEVER));
      y[at] = words.x; y[at + 1u] = words.y; y[at + 2u] = words.z; y[at + 3u] = words.w;
    }
  }
}
