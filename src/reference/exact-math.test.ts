import { describe, expect, test } from "vitest";
import { seededRandom } from "../tensor/random.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { erf } from "./erf.ts";
import { arithmetic, exactExp, exactGelu, exactGeluTanh, exactInverseSqrt, exactReciprocal, foldSums, round } from "./exact-math.ts";

const f32 = Math.fround;
const once = arithmetic(true);
const twice = arithmetic(false);

/** Largest error over evenly spaced arguments from low to high, measured by `errorAt`. */
function worst(low: number, high: number, errorAt: (x: number) => number): number {
  let largest = 0;
  for (let i = 0; i <= 40_000; i++) largest = Math.max(largest, errorAt(f32(low + ((high - low) * i) / 40_000)));
  return largest;
}

/** The errors that shaders/lib/exact-math.wgsl states, against f64. */
describe.each([
  { name: "fma rounded once", math: once, expError: 3.3e-7 },
  { name: "fma rounded twice", math: twice, expError: 1.3e-6 },
])("with $name", ({ math, expError }) => {
  test("exp", () => {
    const errorAt = (x: number) => Math.abs(exactExp(x, math) / Math.exp(x) - 1) / Math.max(1, -x / 16);
    expect(worst(-86.9, 0, errorAt)).toBeLessThan(expError);
    expect(worst(-1, 0, errorAt)).toBeLessThan(1.5e-7);
    expect(exactExp(0, math)).toBe(1);
    // Far down it stays at its smallest value, which is a normal number.
    expect(exactExp(-1e4, math)).toBe(exactExp(-3e38, math));
    expect(exactExp(-1e4, math)).toBeGreaterThanOrEqual(2 ** -126);
    expect(exactExp(-1e4, math)).toBeLessThan(2 ** -125);
  });

  test("1 / sqrt", () => {
    expect(worst(-120, 120, (power) => Math.abs(exactInverseSqrt(f32(2 ** power), math) * Math.sqrt(f32(2 ** power)) - 1))).toBeLessThan(
      1.3e-7,
    );
  });

  test("1 / x", () => {
    expect(worst(0, 125, (power) => Math.abs(exactReciprocal(f32(2 ** power), math) * f32(2 ** power) - 1))).toBeLessThan(1.3e-7);
  });

  test("GELU with erf", () => {
    const gelu = (x: number) => x * 0.5 * (1 + erf(x * Math.SQRT1_2));
    expect(worst(-9, 9, (x) => Math.abs(exactGelu(x, math) - gelu(x)) / Math.max(1, x))).toBeLessThan(1.2e-7);
    expect(exactGelu(0, math)).toBe(0);
    expect(exactGelu(1e4, math)).toBe(1e4);
    expect(Math.abs(exactGelu(-1e4, math))).toBeLessThan(1.2e-7);
  });

  test("GELU with tanh", () => {
    const gelu = (x: number) => x * 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    expect(worst(-9, 9, (x) => Math.abs(exactGeluTanh(x, math) - gelu(x)) / Math.max(1, Math.abs(x)))).toBeLessThan(1.2e-7);
    expect(exactGeluTanh(1e4, math)).toBe(1e4);
    expect(Math.abs(exactGeluTanh(-1e4, math))).toBeLessThan(1e-30);
  });
});

/** An f64 as an integer times 2^exponent. */
function exactly(x: number): { integer: bigint; exponent: number } {
  let exponent = -1074;
  let integer = 0n;
  if (x !== 0) {
    exponent = Math.floor(Math.log2(Math.abs(x))) - 60;
    // Two scalings: 2^-exponent alone may overflow.
    integer = BigInt(x * 2 ** (-exponent >> 1) * 2 ** (-exponent - (-exponent >> 1)));
  }
  return { integer, exponent };
}

/** a * b + c by integers of any size, rounded once to 24 bits, ties to even; for results in f32's normal range. */
function fmaByIntegers(a: number, b: number, c: number): number {
  const [x, y, z] = [a, b, c].map(exactly);
  const exponent = Math.min(x.exponent + y.exponent, z.exponent);
  const sum = ((x.integer * y.integer) << BigInt(x.exponent + y.exponent - exponent)) + (z.integer << BigInt(z.exponent - exponent));
  const size = sum < 0n ? -sum : sum;
  const drop = BigInt(Math.max(0, size.toString(2).length - 24));
  const half = drop > 0n ? 1n << (drop - 1n) : 0n;
  const rest = size & ((1n << drop) - 1n);
  let kept = size >> drop;
  if (drop > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept += 1n;
  const power = exponent + Number(drop);
  const value = Number(kept) * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2));
  return sum < 0n ? -value : value;
}

describe("multiply-add", () => {
  const eps = 2 ** -23;

  test("the test's own integers: known values", () => {
    expect(fmaByIntegers(3, 5, -15.5)).toBe(-0.5);
    expect(fmaByIntegers(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11))).toBe(2 ** -24);
    expect(fmaByIntegers(1, 1, 2 ** -24)).toBe(1);
    expect(fmaByIntegers(1, 1 + eps, 2 ** -24)).toBe(1 + 2 * eps);
    expect(fmaByIntegers(2 ** -60, 2 ** -60, 0)).toBe(2 ** -120);
  });

  test("rounded once equals integer arithmetic on random numbers of all sizes", () => {
    const next = seededRandom(7);
    const random = () => f32((next() - 0.5) * 2 ** (Math.floor(next() * 60) - 30));
    for (let i = 0; i < 20_000; i++) {
      const [a, b] = [random(), random()];
      // A third of the sums cancel the product's leading bits, a third lies many bits below it.
      const c = i % 3 === 0 ? random() : i % 3 === 1 ? f32(-a * b * (1 + (next() - 0.5) * 1e-6)) : f32(a * b * 2 ** -(20 + next() * 40));
      expect(once.fma(a, b, c), `${a} * ${b} + ${c}`).toBe(fmaByIntegers(a, b, c));
    }
  });

  /**
   * Where the f64 sum lies on a tie of f32 but the exact one does not, rounding the f64 sum again goes wrong.
   * 1 + 2^-24 is such a tie: c = 2^-70 or -2^-70 is lost in f64 and decides.
   */
  test.each([
    { a: 1 + 2 ** -12, b: 1 - 2 ** -12, c: 2 ** -90 },
    { a: 1 + eps, b: f32(1 - 2 ** -24), c: 2 ** -90 },
    { a: 2 ** 12 + 2 ** -11, b: 2 ** 12, c: 2 ** -70 },
    { a: 2 ** 12 + 2 ** -11, b: 2 ** 12, c: -(2 ** -70) },
    { a: 2 ** 12 + 3 * 2 ** -11, b: 2 ** 12 * (1 + 2 ** -12), c: 2 ** -70 },
  ])("lost bits: $a * $b + $c and its mirror", ({ a, b, c }) => {
    expect(once.fma(a, b, c)).toBe(fmaByIntegers(a, b, c));
    expect(once.fma(-a, b, -c)).toBe(-fmaByIntegers(a, b, c));
    expect(once.fma(a, b, -c)).toBe(fmaByIntegers(a, b, -c));
  });

  test("rounded once where plain f64 arithmetic rounds twice", () => {
    // a * b = 1 + 2^-24 - tiny would need more bits; (1 + 2^-23)(2^24 + 2) = 2^24 + 4 + 2^-22: f32's grid there is 2.
    const [a, b] = [f32(4097), f32(4097 / 4096 / 4096)];
    let different = 0;
    for (let power = -60; power <= -40; power++) {
      for (const sign of [1, -1]) {
        const c = sign * 2 ** power;
        expect(once.fma(a, b, c)).toBe(fmaByIntegers(a, b, c));
        if (f32(a * b + c) !== fmaByIntegers(a, b, c)) different++;
      }
    }
    expect(different).toBeGreaterThan(0);
  });

  test("rounded twice loses the product's low bits", () => {
    const a = 1 + 2 ** -12;
    expect(twice.fma(a, a, -(1 + 2 ** -11))).toBe(0);
    expect(once.fma(a, a, -(1 + 2 ** -11))).toBe(2 ** -24);
  });

  test("infinities and zeros", () => {
    for (const { fma } of [once, twice]) {
      expect(fma(Infinity, 1, 1)).toBe(Infinity);
      expect(fma(3e38, 10, 0)).toBe(Infinity);
      expect(fma(0, 5, -0)).toBe(0);
      expect(fma(Infinity, 0, 1)).toBeNaN();
    }
  });
});

test("round: ties to even, like the tensor rounding, over the whole range of f32", () => {
  const halves = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 4194303.5, 4194304.5, 4194305.5, -4194304.5, 8388607.5, 8388608, 1e10, f32(-3e38)];
  const near = [f32(0.49999997), f32(0.50000006), f32(-0.49999997), f32(1.4999999), 4194303.25, 4194304.25, 0, 7.75];
  for (const x of [...halves, ...near]) expect(round(x) + 0, String(x)).toBe(roundTiesToEven(x) + 0);
  expect([0.5, 1.5, 2.5, 3.5, -2.5].map((x) => round(x) + 0)).toEqual([0, 2, 2, 4, -2]);
});

test("foldSums adds in one order: 8, 4, 2, 1", () => {
  const fold = (entries: Record<number, number>) => {
    const partial = new Float32Array(16);
    for (const [at, value] of Object.entries(entries)) partial[Number(at)] = value;
    return foldSums(partial);
  };
  expect(foldSums(Float32Array.from({ length: 16 }, (_, i) => 2 ** i))).toBe(65535);
  // 2^24 swallows a 1 that it meets alone (a tie, to even), and takes two that met before.
  expect(fold({ 0: 2 ** 24, 8: 1, 4: 1, 2: 1, 1: 1 })).toBe(2 ** 24);
  expect(fold({ 0: 2 ** 24, 1: 1, 9: 1 })).toBe(2 ** 24 + 2);
  expect(fold({ 0: 2 ** 24, 2: 1, 6: 1 })).toBe(2 ** 24 + 2);
  expect(fold({ 0: 2 ** 24, 1: 1, 3: 1 })).toBe(2 ** 24 + 2);
  expect(fold({ 0: 2 ** 24, 1: 1, 8: 1 })).toBe(2 ** 24);
});
