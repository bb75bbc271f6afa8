import { describe, expect, it } from "vitest";
import { seededRandom } from "../../tensor/random.ts";
import { matrixOf, times, transpose } from "../../testing/dense.ts";
import { choleskyInPlace } from "./cholesky.ts";
import { factorDamped } from "./damping.ts";
import { solveFactored, solveLower, solveLowerTransposed } from "./triangular.ts";

/** Lower triangular with small integers and ones, twos and fours on the diagonal: products and solves with it are exact. */
function integerFactor(n: number, seed: number): Float64Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    if (j > i) return 0;
    return i === j ? 2 ** Math.floor(3 * random()) : Math.floor(5 * random()) - 2;
  });
}

function integers(length: number, seed: number): Float64Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float64Array.from({ length }, () => Math.floor(9 * random()) - 4);
}

const flat = (matrix: number[][]) => Float64Array.from(matrix.flat());

describe("choleskyInPlace", () => {
  it.each([1, 2, 63, 64, 65, 150])("finds the factor of an exact product, n = %d", (n) => {
    const l = integerFactor(n, n);
    const dense = matrixOf(l, n);
    const h = flat(times(dense, transpose(dense)));
    expect(choleskyInPlace(h, n)).toBe(true);
    expect(h).toEqual(l);
  });

  it("says no to indefinite, singular, empty and NaN matrices", () => {
    expect(choleskyInPlace(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(choleskyInPlace(Float64Array.of(0, 0, 0, 0), 2)).toBe(false);
    expect(choleskyInPlace(Float64Array.of(Number.NaN), 1)).toBe(false);
    const thirds = [1 / 3, 1 / 7, 1 / 11];
    expect(choleskyInPlace(flat(times(transpose([thirds]), [thirds])), 3)).toBe(false);
  });
});

describe("triangular solves", () => {
  it.each([1, 64, 131])("undo products exactly, n = %d", (n) => {
    const l = integerFactor(n, 7 * n);
    const x = integers(5 * n, 3);
    const [dense, rows] = [matrixOf(l, n), matrixOf(x, n)];
    const forward = flat(times(rows, transpose(dense)));
    solveLower(l, n, forward, 5);
    expect(forward.map((value) => value + 0)).toEqual(x);
    const backward = flat(times(rows, dense));
    solveLowerTransposed(l, n, backward, 5);
    expect(backward.map((value) => value + 0)).toEqual(x);
    const both = flat(times(times(rows, dense), transpose(dense)));
    solveFactored(l, n, both, 5);
    expect(both.map((value) => value + 0)).toEqual(x);
  });

  it("lowerOnly gives the strictly lower part of the same solution", () => {
    const n = 140;
    const l = integerFactor(n, 11);
    const strictlyLower = (values: Float64Array) => values.map((value, at) => (at % n < Math.floor(at / n) ? value : 0) + 0);
    const x = strictlyLower(integers(n * n, 5));
    const forward = flat(times(matrixOf(x, n), transpose(matrixOf(l, n))));
    solveLower(l, n, forward, n, true);
    expect(forward.map((value) => value + 0)).toEqual(x);
    // Columns right of a row's own part do not matter to the part.
    const whole = integers(n * n, 6);
    const [all, part] = [whole.slice(), whole.slice()];
    solveLower(l, n, all, n);
    solveLower(l, n, part, n, true);
    expect(part.map((value) => value + 0)).toEqual(strictlyLower(all));

    const backward = flat(times(matrixOf(x, n), matrixOf(l, n)));
    solveLowerTransposed(l, n, backward, n, true);
    expect(backward.map((value) => value + 0)).toEqual(x);
  });
});

describe("factorDamped", () => {
  it("adds a share of the mean diagonal of live channels", () => {
    const { factor, relative, dead } = factorDamped(Float64Array.of(3, 0, 0, 0, 0, 0, 0, 0, 5), 3, 0.25);
    expect([...factor]).toEqual([2, 0, 0, 0, 1, 0, 0, 0, Math.sqrt(6)]);
    expect(relative).toBe(0.25);
    expect([...dead]).toEqual([0, 1, 0]);
  });

  it("reads through an order", () => {
    const { factor } = factorDamped(Float64Array.of(5, 2, 2, 4), 2, 0, Uint32Array.of(1, 0));
    expect([...factor]).toEqual([2, 0, 1, 2]);
  });

  it("raises the damping where it does not suffice", () => {
    const { relative, factor } = factorDamped(Float64Array.of(1, 1, 1, 1), 2, 0);
    expect(relative).toBe(1e-10);
    expect(factor.every(Number.isFinite)).toBe(true);
    expect(factorDamped(Float64Array.of(1, 1.05, 1.05, 1), 2, 0.01).relative).toBe(0.1);
  });

  it("is the identity for an empty Gram matrix, and refuses broken ones", () => {
    expect([...factorDamped(new Float64Array(4), 2, 0.01).factor]).toEqual([1, 0, 0, 1]);
    expect(() => factorDamped(Float64Array.of(Number.NaN, 0, 0, 1), 2, 0.01)).toThrow("not finite");
    expect(() => factorDamped(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2, 0.01)).toThrow("not positive definite");
    expect(() => factorDamped(Float64Array.of(1, 9, 9, 1), 2, 0.01)).toThrow("not positive definite");
  });
});
