/**
 * CPU twins of shaders/lib/exact-math.wgsl and sums.wgsl: f32 arithmetic, operation by operation, so that a shader's result is
 * predicted to the bit. The one thing that differs between adapters is whether fma rounds once (GPUs) or twice (SwiftShader);
 * an `Arithmetic` says which, and a probe on the adapter finds out.
 */
export interface Arithmetic {
  readonly fused: boolean;
  /** a * b + c in f32. */
  fma(a: number, b: number, c: number): number;
}

const round32 = Math.fround;

export function arithmetic(fused: boolean): Arithmetic {
  return { fused, fma: fused ? fusedMultiplyAdd : (a, b, c) => round32(round32(a * b) + c) };
}

const bits = new DataView(new ArrayBuffer(8));

/** f32 fma with one rounding: the f64 product is exact; where the f64 sum falls on a tie of f32, its lost part decides. */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const virtual = sum - product;
  const lost = product - (sum - virtual) + (c - virtual);
  if (lost === 0 || !Number.isFinite(sum)) return round32(sum);
  bits.setFloat64(0, sum);
  if ((bits.getUint32(4) & 0x1fffffff) !== 0x10000000) return round32(sum);
  bits.setBigUint64(0, bits.getBigUint64(0) + (lost > 0 === sum > 0 ? 1n : -1n));
  return round32(bits.getFloat64(0));
}

/** Round half to even in f32, for |x| < 2^22; larger values are integers already. */
export function round(x: number): number {
  const magic = x < 0 ? -8388608 : 8388608;
  return Math.abs(x) < 4194304 ? round32(round32(x + magic) - magic) : round32(Number.isInteger(x) ? x : bankers(x));
}

function bankers(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

const word = new DataView(new ArrayBuffer(4));
const fromBits = (value: number) => (word.setUint32(0, value >>> 0), word.getFloat32(0));
const toBits = (value: number) => (word.setFloat32(0, value), word.getUint32(0));

const EXP2 = [0.00133999309, 0.00961848907, 0.0555032863, 0.240226462, 0.693147182, 1].map(round32);
const EXP2_TOP = round32(0.000153458022);
const LOG2_E = round32(1.44269504);

function exp2Fraction(f: number, { fma }: Arithmetic): number {
  let p = EXP2_TOP;
  for (const coefficient of EXP2) p = fma(p, f, coefficient);
  return p;
}

/** exp(x) for x <= 0, never subnormal: at least 2^-125.5. */
export function exactExp(x: number, math: Arithmetic): number {
  const n = Math.max(round(round32(x * LOG2_E)), -125);
  const f = Math.min(Math.max(math.fma(x, LOG2_E, -n), -0.5), 0.5);
  return round32(exp2Fraction(f, math) * fromBits((n + 127) << 23));
}

/** 1 / sqrt(x) for x > 0. */
export function exactInverseSqrt(x: number, { fma }: Arithmetic): number {
  let y = fromBits(0x5f3759df - (toBits(x) >>> 1));
  const h = round32(0.5 * x);
  for (let i = 0; i < 4; i++) y = round32(y * fma(-round32(h * y), y, 1.5));
  return y;
}

/** 1 / x for x in [1, 2^125]. */
export function exactReciprocal(x: number, { fma }: Arithmetic): number {
  let y = fromBits(0x7ef311c7 - toBits(x));
  for (let i = 0; i < 4; i++) y = round32(y * fma(-x, y, 2));
  return y;
}

const TAIL = [
  6.58890258e-7, -8.75297701e-6, 6.30361537e-5, -0.00023108146, -0.000107717169, 0.00709157018, -0.0525541082, -0.459173769, -1.15111315,
  -0.999999463,
].map(round32);
const TAIL_TOP = round32(-2.12435225e-8);
const TAIL_END = round32(5.8);

/** x * Phi(x): GELU with erf. */
export function exactGelu(x: number, math: Arithmetic): number {
  const a = Math.min(Math.abs(x), TAIL_END);
  let p = TAIL_TOP;
  for (const coefficient of TAIL) p = math.fma(p, a, coefficient);
  const n = round(p);
  const tail = round32(exp2Fraction(round32(p - n), math) * fromBits((n + 127) << 23));
  return round32(Math.max(x, -TAIL_END) * (x < 0 ? tail : round32(1 - tail)));
}

/** The tanh form of GELU. */
export function exactGeluTanh(x: number, math: Arithmetic): number {
  const cube = round32(round32(x * x) * x);
  const u = round32(round32(0.797884561) * math.fma(cube, round32(0.044715), x));
  const e = exactExp(round32(-2 * Math.abs(u)), math);
  const inverse = exactReciprocal(round32(1 + e), math);
  return round32(x * (u < 0 ? round32(e * inverse) : math.fma(-e, inverse, 1)));
}

/** Fold sixteen partial sums: 8, 4, 2, 1. */
export function foldSums(partial: Float32Array): number {
  for (let half = 8; half >= 1; half /= 2) for (let i = 0; i < half; i++) partial[i] = round32(partial[i] + partial[i + half]);
  return partial[0];
}
