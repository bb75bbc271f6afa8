// The f32 arithmetic of src/reference/exact-math.ts with fma rounding twice, operation by operation, four lanes at a time.

/** a * b + c, the product rounded as well. */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

function exp2Fraction(f: v128): v128 {
  let p = f32x4.splat(0.000153458022);
  p = madd(p, f, f32x4.splat(0.00133999309));
  p = madd(p, f, f32x4.splat(0.00961848907));
  p = madd(p, f, f32x4.splat(0.0555032863));
  p = madd(p, f, f32x4.splat(0.240226462));
  p = madd(p, f, f32x4.splat(0.693147182));
  return madd(p, f, f32x4.splat(1));
}

/** 2^n for integers n in [-126, 127]. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** exp(x) for x <= 0, never subnormal: at least 2^-125.5. */
export function exactExp(x: v128): v128 {
  const n = f32x4.max(f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504))), f32x4.splat(-125));
  const f = f32x4.min(f32x4.max(madd(x, f32x4.splat(1.44269504), f32x4.neg(n)), f32x4.splat(-0.5)), f32x4.splat(0.5));
  return f32x4.mul(exp2Fraction(f), powerOfTwo(n));
}

/** 1 / sqrt(x) for x > 0. */
export function exactInverseSqrt(x: f32): f32 {
  let y = reinterpret<f32>(0x5f3759df - (reinterpret<u32>(x) >>> 1));
  const h: f32 = 0.5 * x;
  for (let i = 0; i < 4; i++) {
    const e: f32 = h * y;
    y = y * (-e * y + 1.5);
  }
  return y;
}

/** 1 / x for x in [1, 2^125]. */
export function exactReciprocal(x: v128): v128 {
  let y = i32x4.sub(i32x4.splat(0x7ef311c7), x);
  const negative = f32x4.neg(x);
  y = f32x4.mul(y, madd(negative, y, f32x4.splat(2)));
  y = f32x4.mul(y, madd(negative, y, f32x4.splat(2)));
  y = f32x4.mul(y, madd(negative, y, f32x4.splat(2)));
  return f32x4.mul(y, madd(negative, y, f32x4.splat(2)));
}

/** x * Phi(x): GELU with erf. */
export function exactGelu(x: v128): v128 {
  const a = f32x4.min(f32x4.abs(x), f32x4.splat(5.8));
  let p = f32x4.splat(-2.12435225e-8);
  p = madd(p, a, f32x4.splat(6.58890258e-7));
  p = madd(p, a, f32x4.splat(-8.75297701e-6));
  p = madd(p, a, f32x4.splat(6.30361537e-5));
  p = madd(p, a, f32x4.splat(-0.00023108146));
  p = madd(p, a, f32x4.splat(-0.000107717169));
  p = madd(p, a, f32x4.splat(0.00709157018));
  p = madd(p, a, f32x4.splat(-0.0525541082));
  p = madd(p, a, f32x4.splat(-0.459173769));
  p = madd(p, a, f32x4.splat(-1.15111315));
  p = madd(p, a, f32x4.splat(-0.999999463));
  const n = f32x4.nearest(p);
  const tail = f32x4.mul(exp2Fraction(f32x4.sub(p, n)), powerOfTwo(n));
  const share = v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
  return f32x4.mul(f32x4.max(x, f32x4.splat(-5.8)), share);
}

/** The tanh form of GELU. */
export function exactGeluTanh(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  const u = f32x4.mul(f32x4.splat(0.797884561), madd(cube, f32x4.splat(0.044715), x));
  const e = exactExp(f32x4.mul(f32x4.splat(-2), f32x4.abs(u)));
  const inverse = exactReciprocal(f32x4.add(f32x4.splat(1), e));
  const positive = madd(f32x4.neg(e), inverse, f32x4.splat(1));
  return f32x4.mul(x, v128.bitselect(f32x4.mul(e, inverse), positive, f32x4.lt(u, f32x4.splat(0))));
}

/** 0: nothing, 1: GELU with erf, 2: its tanh form. */
export function activate(gelu: i32, v: v128): v128 {
  if (gelu === 1) return exactGelu(v);
  if (gelu === 2) return exactGeluTanh(v);
  return v;
}

/** Sixteen partial sums, 0-3 in a0 to 12-15 in a3, folded by 8, 4, 2, 1. */
export function foldSums(a0: v128, a1: v128, a2: v128, a3: v128): f32 {
  const four = f32x4.add(f32x4.add(a0, a2), f32x4.add(a1, a3));
  const two = f32x4.add(four, i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}

/** clamp(v, 0, top) of four integral floats, as four bytes at `to`. */
export function storeCodes(to: usize, v: v128, top: v128): void {
  const whole = i32x4.trunc_sat_f32x4_s(f32x4.min(f32x4.max(v, f32x4.splat(0)), top));
  store<u32>(to, i32x4.extract_lane(i8x16.shuffle(whole, whole, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), 0));
}

/** clamp(round(v * inverse) + zero, 0, top) as four bytes at `to`, the fraction of `zero` inside the rounding. */
export function encodeCodes(to: usize, v: v128, inverse: v128, zero: v128, top: v128): void {
  const whole = f32x4.nearest(zero);
  storeCodes(to, f32x4.add(f32x4.nearest(madd(v, inverse, f32x4.sub(zero, whole))), whole), top);
}

/** Four columns of (a, b) each, 32 bytes at `from`: a of the four for `index` 0, b for 1. */
export function pairComponent(from: usize, index: i32): v128 {
  const low = v128.load(from),
    high = v128.load(from, 16);
  return index ? v128.shuffle<i32>(low, high, 1, 3, 5, 7) : v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** Four columns of (a, b, c, d) each, 64 bytes at `from`: component `index` of the four. */
export function component(from: usize, index: i32): v128 {
  const at = from + ((<usize>index) << 2);
  let v = v128.load_zero<u32>(at);
  v = v128.load_lane<u32>(at, v, 1, 16);
  v = v128.load_lane<u32>(at, v, 2, 32);
  return v128.load_lane<u32>(at, v, 3, 48);
}
