import { describe, expect, it } from "vitest";
import { seededRandom } from "../../tensor/random.ts";
import { mirrorLower, transposedView, view } from "./matrix.ts";
import { addProduct } from "./multiply.ts";

/** Small integers, whose sums are exact in any order. */
function integers(length: number, seed: number): Float64Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float64Array.from({ length }, () => Math.floor(17 * random()) - 8);
}

function naive(a: ArrayLike<number>, b: ArrayLike<number>, m: number, n: number, k: number): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p] * b[(at % n) * k + p];
    return sum;
  });
}

describe("addProduct", () => {
  it.each([
    [1, 1, 1],
    [3, 5, 2],
    [8, 4, 300],
    [67, 9, 257],
    [5, 517, 3],
    [4, 4, 0],
  ])("c - a b^T, [%d,k] by [%d,k], k = %d", (m, n, k) => {
    const a = integers(m * k, 1);
    const b = integers(n * k, 2);
    const c = integers(m * n, 3);
    const expected = naive(a, b, m, n, k).map((value, i) => c[i] - value);
    addProduct({ data: c, offset: 0, rowStride: n }, view(a, k), view(b, k), { m, n, k }, -1);
    expect([...c]).toEqual(expected.map((value) => value + 0));
  });

  it("reads transposed and offset views, of f32 too, and writes inside its rectangle only", () => {
    const [m, n, k] = [6, 7, 5];
    const a = integers(m * k, 4);
    const b = Float32Array.from(integers(n * k, 5));
    const aInside = new Float64Array((k + 1) * (m + 2));
    for (let p = 0; p < k; p++) for (let i = 0; i < m; i++) aInside[(p + 1) * (m + 2) + i + 2] = a[i * k + p];
    const c = new Float64Array((m + 2) * (n + 3));
    addProduct({ data: c, offset: n + 3 + 1, rowStride: n + 3 }, transposedView(aInside, m + 2, 1, 2), view(b, k), { m, n, k });
    const expected = naive(a, b, m, n, k);
    const inside = Array.from({ length: m * n }, (_, at) => c[(1 + Math.floor(at / n)) * (n + 3) + 1 + (at % n)]);
    expect(inside).toEqual(expected);
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + Math.abs(value), 0);
    expect(total(c)).toBe(total(expected));
  });

  it("lowerOnly gives the lower triangle, which mirrorLower completes", () => {
    const [n, k] = [531, 3];
    const a = integers(n * k, 6);
    const c = new Float64Array(n * n);
    addProduct({ data: c, offset: 0, rowStride: n }, view(a, k), view(a, k), { m: n, n, k }, 1, true);
    expect(c[n - 1]).toBe(0);
    mirrorLower(c, n);
    expect([...c]).toEqual(naive(a, a, n, n, k));
  });
});
