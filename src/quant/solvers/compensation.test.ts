import { describe, expect, it } from "vitest";
import { seededNormal } from "../../tensor/random.ts";
import { inverse, matrixOf, plus, times, transpose } from "../../testing/dense.ts";
import { createLinearCompensation } from "./linear-compensation.ts";
import { createRowAffine } from "./row-affine.ts";

function normals(length: number, seed: number, mean = 0): Float32Array<ArrayBuffer> {
  const normal = seededNormal(seed);
  return Float32Array.from({ length }, () => normal() + mean);
}

describe("createRowAffine", () => {
  it("is the least squares line of every channel", () => {
    const [rows, n] = [50, 3];
    const y = normals(rows * n, 1, 4);
    const target = normals(rows * n, 2).map((noise, i) => (i % n) + 1 + 0.5 * (i % n) * y[i] + 0.1 * noise);
    const collector = createRowAffine(n);
    collector.add(y.subarray(0, 7 * n), target.subarray(0, 7 * n));
    collector.add(y.subarray(7 * n), target.subarray(7 * n));
    const { factor, offset, errorBefore, errorAfter } = collector.fit();
    let after = 0;
    for (let i = 0; i < n; i++) {
      const a = matrixOf(y, n).map((row) => [row[i], 1]);
      const t = matrixOf(target, n).map((row) => [row[i]]);
      const [[slope], [constant]] = times(inverse(times(transpose(a), a)), times(transpose(a), t));
      expect(factor[i]).toBeCloseTo(slope, 5);
      expect(offset[i]).toBeCloseTo(constant, 5);
      after += plus(times(a, [[slope], [constant]]), t, -1).reduce((sum, [value]) => sum + value * value, 0);
    }
    expect(errorAfter).toBeCloseTo(after, 6);
    const before = y.reduce((sum, value, i) => sum + (value - target[i]) ** 2, 0);
    expect(errorBefore / before).toBeCloseTo(1, 10);
  });

  it("keeps its digits far from zero", () => {
    const collector = createRowAffine(1);
    const y = Float32Array.from({ length: 64 }, (_, i) => 1e6 + i);
    collector.add(
      y,
      y.map((value) => 2 * (value - 1e6) + 3),
    );
    const { factor, offset, errorAfter } = collector.fit();
    expect(factor[0]).toBe(2);
    expect(offset[0]).toBe(3 - 2e6);
    expect(errorAfter).toBe(0);
  });

  it("fits only the offset of constant channels, and nothing without rows", () => {
    const collector = createRowAffine(1);
    expect(collector.fit()).toEqual({ factor: Float32Array.of(1), offset: Float32Array.of(0), errorBefore: 0, errorAfter: 0 });
    collector.add(Float32Array.of(5, 5), Float32Array.of(6, 8));
    expect(collector.fit()).toEqual({ factor: Float32Array.of(1), offset: Float32Array.of(2), errorBefore: 10, errorAfter: 2 });
    expect(() => collector.add(new Float32Array(2), new Float32Array(3))).toThrow("not rows of 1");
  });
});

describe("createLinearCompensation", () => {
  it("is the least squares of the residual on [x, 1]", () => {
    const [rows, k, n] = [80, 7, 3];
    const x = normals(rows * k, 3, 2);
    const truth = normals(n * (k + 1), 4);
    const noise = normals(rows * n, 5);
    const inputs = matrixOf(x, k).map((row) => [...row, 1]);
    const residual = Float32Array.from(times(inputs, transpose(matrixOf(truth, k + 1))).flat(), (value, i) => value + noise[i]);
    const collector = createLinearCompensation(k, n);
    collector.add(x.subarray(0, 30 * k), residual.subarray(0, 30 * n));
    collector.add(x.subarray(30 * k), residual.subarray(30 * n));
    const { weight, bias, r2, adjustedR2 } = collector.fit(0);

    const targets = matrixOf(residual, n);
    const solved = transpose(times(inverse(times(transpose(inputs), inputs)), times(transpose(inputs), targets)));
    solved.forEach((row, i) => [...weight.slice(i * k, (i + 1) * k), bias[i]].forEach((value, j) => expect(value).toBeCloseTo(row[j], 5)));
    const squares = (matrix: number[][]) => matrix.flat().reduce((sum, value) => sum + value * value, 0);
    const means = transpose(targets).map((column) => column.reduce((sum, value) => sum + value, 0) / rows);
    const left = squares(plus(targets, times(inputs, transpose(solved)), -1));
    const total = squares(targets.map((row) => row.map((value, i) => value - means[i])));
    expect(r2).toBeCloseTo(1 - left / total, 6);
    expect(adjustedR2).toBeCloseTo(1 - left / (rows - k - 1) / (total / (rows - 1)), 6);
  });

  it("does not believe noise", () => {
    const collector = createLinearCompensation(40, 2);
    const [x, noise] = [normals(50 * 40, 6), normals(50 * 2, 7)];
    collector.add(x, noise);
    const { r2, adjustedR2 } = collector.fit();
    expect(r2).toBeGreaterThan(0.6);
    expect(adjustedR2).toBeLessThan(0.3);
    const few = createLinearCompensation(40, 2);
    few.add(x.subarray(0, 40 * 40), noise.subarray(0, 80));
    expect(few.fit().adjustedR2).toBe(Number.NEGATIVE_INFINITY);
  });

  it("leaves constant channels to the bias, and survives equal channels and no rows", () => {
    const collector = createLinearCompensation(3, 1);
    expect(collector.fit().weight).toEqual(new Float32Array(3));
    const x = Float32Array.from([0, 1, 2, 3, 4].flatMap((value) => [value, value, 7]));
    collector.add(x, Float32Array.of(1, 3, 5, 7, 9));
    const { weight, bias, r2 } = collector.fit(1e-9);
    [1, 1, 0].forEach((value, i) => expect(weight[i]).toBeCloseTo(value, 4));
    expect(bias[0]).toBeCloseTo(1, 4);
    expect(r2).toBeCloseTo(1, 6);
  });
});
