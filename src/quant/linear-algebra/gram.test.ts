import { describe, expect, it } from "vitest";
import { seededRandom } from "../../tensor/random.ts";
import { matrixOf, times, transpose } from "../../testing/dense.ts";
import { createCrossGram, createGram } from "./gram.ts";

function rows(count: number, k: number, seed: number): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * k }, () => (Math.floor(64 * random()) - 32) / 8);
}

describe("createGram", () => {
  it("sums X^T X, column sums and rows over batches, also after it was read", () => {
    const k = 37;
    const x = rows(300, k, 1);
    const collector = createGram(k);
    collector.add(x.subarray(0, 11 * k));
    collector.total();
    collector.add(x.subarray(11 * k, 12 * k));
    collector.add(x.subarray(12 * k));
    const { count, gram, sum } = collector.total();
    const dense = matrixOf(x, k);
    expect(count).toBe(300);
    expect(matrixOf(gram, k)).toEqual(times(transpose(dense), dense));
    expect([...sum]).toEqual(transpose(dense).map((column) => column.reduce((total, value) => total + value, 0)));
  });

  it("is zero without rows and refuses parts of rows", () => {
    const collector = createGram(3);
    expect(collector.total()).toEqual({ count: 0, gram: new Float64Array(9), sum: new Float64Array(3) });
    expect(() => collector.add(new Float32Array(4))).toThrow("4 values are not rows of 3");
  });

  it("loses nothing to f32: a million plus one", () => {
    const collector = createGram(1);
    collector.add(Float32Array.of(4096, 1));
    expect(collector.total().gram[0]).toBe(2 ** 24 + 1);
  });
});

describe("createCrossGram", () => {
  it("sums X^T Y over batches", () => {
    const x = rows(20, 5, 2);
    const y = rows(20, 3, 3);
    const collector = createCrossGram(5, 3);
    collector.add(x.subarray(0, 35), y.subarray(0, 21));
    collector.add(x.subarray(35), y.subarray(21));
    const { count, gram } = collector.total();
    expect(count).toBe(20);
    expect(matrixOf(gram, 3)).toEqual(times(transpose(matrixOf(x, 5)), matrixOf(y, 3)));
    expect(() => collector.add(new Float32Array(5), new Float32Array(6))).toThrow("1 rows on one side");
  });
});
