// Transcendental functions from +, -, *, fma, round and bit casts alone, so that every adapter returns the same bits
// (WGSL's own exp, inverseSqrt and / may differ by some ULP between adapters, and a code at a rounding border would flip).
// The CPU twins are in src/reference/exact-math.ts. Coefficients: our weighted minimax fits.
// Comparisons stand in for min and max, and 2^23 for conversions of small whole numbers: a software adapter spends 31 and 70 instructions on those, a few on these.

fn exact_min(a: vec4f, b: vec4f) -> vec4f { return select(b, a, a < b); }
fn exact_max(a: vec4f, b: vec4f) -> vec4f { return select(b, a, a > b); }

// 2^n for whole n from -126 to 127: n is in the last bits of n + 1.5 * 2^23.
fn exact_exp2_whole(n: vec4f) -> vec4f { return bitcast<vec4f>((bitcast<vec4u>(n + 12582912.0) + 127u) << vec4u(23u)); }

// exp(x) for x <= 0, at least 2^-125.5: never subnormal, for some adapters flush subnormals to zero. Relative error 1.3e-6 max(1, |x| / 16), a quarter of it where fma rounds once.
fn exact_exp(x: vec4f) -> vec4f {
  let n = exact_max(round(x * 1.44269504), vec4f(-125.0));
  let f = exact_min(exact_max(fma(x, vec4f(1.44269504), -n), vec4f(-0.5)), vec4f(0.5));
  return exact_exp2_fraction(f) * exact_exp2_whole(n);
}

// 2^f on [-0.5, 0.5], degree 6, relative error 2e-9 before rounding.
fn exact_exp2_fraction(f: vec4f) -> vec4f {
  var p = vec4f(0.000153458022);
  p = fma(p, f, vec4f(0.00133999309));
  p = fma(p, f, vec4f(0.00961848907));
  p = fma(p, f, vec4f(0.0555032863));
  p = fma(p, f, vec4f(0.240226462));
  p = fma(p, f, vec4f(0.693147182));
  return fma(p, f, vec4f(1.0));
}

// 1 / sqrt(x) for x > 0: bit guess and four Newton steps; relative error 1.3e-7.
fn exact_inverse_sqrt(x: f32) -> f32 {
  var y = bitcast<f32>(0x5f3759dfu - (bitcast<u32>(x) >> 1u));
  let h = 0.5 * x;
  for (var i = 0; i < 4; i++) {
    let e = h * y;
    y = y * fma(-e, y, 1.5);
  }
  return y;
}

// 1 / x for x in [1, 2^125]: bit guess and four Newton steps; relative error 1.3e-7.
fn exact_reciprocal(x: vec4f) -> vec4f {
  var y = bitcast<vec4f>(vec4u(0x7ef311c7u) - bitcast<vec4u>(x));
  for (var i = 0; i < 4; i++) {
    y = y * fma(-x, y, vec4f(2.0));
  }
  return y;
}

// x * Phi(x) with Phi the normal distribution function: 0.5 erfc(a / sqrt 2) = 2^P(a) on [0, 5.8]; absolute error 1.2e-7 max(1, x).
fn exact_gelu(x: vec4f) -> vec4f {
  let a = exact_min(abs(x), vec4f(5.8));
  var p = vec4f(-2.12435225e-8);
  p = fma(p, a, vec4f(6.58890258e-7));
  p = fma(p, a, vec4f(-8.75297701e-6));
  p = fma(p, a, vec4f(6.30361537e-5));
  p = fma(p, a, vec4f(-0.00023108146));
  p = fma(p, a, vec4f(-0.000107717169));
  p = fma(p, a, vec4f(0.00709157018));
  p = fma(p, a, vec4f(-0.0525541082));
  p = fma(p, a, vec4f(-0.459173769));
  p = fma(p, a, vec4f(-1.15111315));
  p = fma(p, a, vec4f(-0.999999463));
  let n = round(p);
  let tail = exact_exp2_fraction(p - n) * exact_exp2_whole(n);
  // Below -5.8 the tail no longer shrinks, so x must not grow either.
  return exact_max(x, vec4f(-5.8)) * select(1.0 - tail, tail, x < vec4f(0.0));
}

// x / (1 + exp(-2u)), u = sqrt(2/pi) (x + 0.044715 x^3): the tanh form of GELU; absolute error 1.2e-7 max(1, |x|).
fn exact_gelu_tanh(x: vec4f) -> vec4f {
  let cube = x * x * x;
  let u = 0.797884561 * fma(cube, vec4f(0.044715), x);
  let e = exact_exp(-2.0 * abs(u));
  let inverse = exact_reciprocal(1.0 + e);
  // 1 - e * inverse as an explicit fma: a compiler that contracts products into sums would do so on some adapters only.
  return x * select(fma(-e, inverse, vec4f(1.0)), e * inverse, u < vec4f(0.0));
}
