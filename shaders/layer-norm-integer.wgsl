// LayerNormalization of FQ-ViT on u8 codes with power-of-two factors: n = (code - zero) << k_c, integers on one grid. Per row S = sum n and
// V = C sum n^2 - S^2; per column a = C / sqrt(V) * |gain|, N = clamp(7 - floor(log2 a), 0, 31), M = min(floor(a 2^N), 255),
// B = round((shift - S / sqrt(V) * gain) 2^N), v = round((sign(gain) M n + B) / 2^N), code = clamp(v + out_zero, 0, code_max).
// gain = gamma / out_scale, shift = beta / out_scale. Without QUANTIZE: v * out_scale as f32. All equal columns: v = round(shift).
// Floats: 1 / sqrt(V) per row, and what is multiplied by it to find M, N and B. M, n and B are integers carried in f32: M n < 2^20 is exact, and
// so is the sum while B < 2^24; larger B only belong to columns whose factor is tiny, where the published program rounds the same way.
// V is C sum (n - m)^2 - (sum (n - m))^2 with m an integer near the mean (the same number for every m), so nothing cancels; the squares
// are summed exactly in two halves. columns <= 8000 and |n| < 2^11 keep every sum within its bits.
// x: [rows, stride4] u32. exponents: [stride4] u32, four k_c in bytes. gain, shift: [stride4] vec4. y: codes or f32 words; padding is 0.
//include lib/exact-math.wgsl
//include lib/codes.wgsl
struct Params {
  rows: u32, columns: u32, stride4: u32, inverse_columns: f32, zero: i32, out_scale: f32, out_zero: f32, code_max: f32,
}
override QUANTIZE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> exponents: array<u32>;
@group(0) @binding(3) var<storage, read> gain: array<vec4f>;
@group(0) @binding(4) var<storage, read> shift: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;

fn inside(c4: u32) -> vec4<bool> { return vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.columns); }

fn bytes(word: u32) -> vec4u { return vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u); }

fn grid(base: u32, c4: u32) -> vec4i { return (vec4i(bytes(x[base + c4])) - params.zero) << bytes(exponents[c4]); }

fn power_of_two(exponent: vec4i) -> vec4f { return bitcast<vec4f>((exponent + 127) << vec4u(23u)); }

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= params.rows) { return; }
  let base = row * params.stride4;
  var total4 = vec4i(0);
  for (var c = 0u; c < params.stride4; c++) { total4 += select(vec4i(0), grid(base, c), inside(c)); }
  let total = f32(total4.x + total4.y + total4.z + total4.w);
  let middle = i32(round(total * params.inverse_columns));
  var rest4 = vec4i(0); var low4 = vec4u(0u); var high4 = vec4u(0u);
  for (var c = 0u; c < params.stride4; c++) {
    let d = select(vec4i(0), grid(base, c) - middle, inside(c));
    let square = vec4u(d * d);
    rest4 += d; low4 += square & vec4u(65535u); high4 += square >> vec4u(16u);
  }
  let rest = f32(rest4.x + rest4.y + rest4.z + rest4.w);
  let low = low4.x + low4.y + low4.z + low4.w;
  let high = high4.x + high4.y + high4.z + high4.w + (low >> 16u);
  let squares = fma(f32(high), 65536.0, f32(low & 65535u));
  let spread = fma(squares, f32(params.columns), -(rest * rest));
  var inverse = 0.0;
  if (spread > 0.0) { inverse = exact_inverse_sqrt(spread); }
  let rate = f32(params.columns) * inverse;
  let centre = total * inverse;
  for (var c = 0u; c < params.stride4; c++) {
    let a = rate * abs(gain[c]);
    let bits = clamp(vec4i(134) - vec4i(bitcast<vec4u>(a) >> vec4u(23u)), vec4i(0), vec4i(31));
    let scaling = power_of_two(bits);
    let m = min(floor(a * scaling), vec4f(255.0));
    let b = round(fma(vec4f(-centre), gain[c], shift[c]) * scaling);
    let n = vec4f(grid(base, c));
    let v = round(fma(select(m, -m, gain[c] < vec4f(0.0)), n, b) * power_of_two(-bits));
    if (QUANTIZE) {
      let code = clamp(v + params.out_zero, vec4f(0.0), vec4f(params.code_max));
      y[base + c] = codes_pack(select(vec4f(0.0), code, inside(c)));
    } else {
      let at = 4u * (base + c);
      // A rounded -0.2 is -0, whose bits are not those of 0.
      let words = bitcast<vec4u>(select(vec4f(0.0), v * params.out_scale, inside(c) & (v != vec4f(0.0))));
      y[at] = words.x; y[at + 1u] = words.y; y[at + 2u] = words.z; y[at + 3u] = words.w;
    }
  }
}
