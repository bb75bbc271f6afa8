import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import { seededNormal } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { softmaxInteger } from "./kernels/integer-rows.ts";
import { arithmetic } from "./exact-math.ts";
import { integerExponentials, logCode, NEVER } from "./log-int-softmax.ts";
import { softmax } from "./softmax.ts";

const node = (inputStep?: number): Node => ({
  name: "softmax",
  op: "Softmax",
  inputs: ["scores"],
  attributes: inputStep === undefined ? {} : { arithmetic: "log-int", inputStep },
  weights: {},
});

describe("integer exponential", () => {
  it("by hand at step 0.1: b = 27, c = 279, an octave is 7 steps", () => {
    // 2^T * 279 * 4 < 2^30: T = 19. Distance 7 is one octave exactly: r = 0.
    const table = integerExponentials(0.1, 10, 4);
    expect(table[0]).toBe(279 * 2 ** 19);
    expect(table[1]).toBe((-1 * (-1 + 27) + 279) * 2 ** 19);
    expect(table[6]).toBe((-6 * (-6 + 27) + 279) * 2 ** 19);
    expect(table[7]).toBe(279 * 2 ** 18);
    expect(table[9]).toBe((-2 * (-2 + 27) + 279) * 2 ** 18);
  });

  it.each([0.001, 0.02, 0.05, 0.3])("follows e^-x at step %f and never grows; 197 of it stay below 2^30", (step) => {
    const table = integerExponentials(step, 256, 197);
    expect(table[0] * 197).toBeLessThan(2 ** 30);
    for (let distance = 1; distance < 256; distance++) {
      expect(table[distance]).toBeLessThanOrEqual(table[distance - 1]);
      // The octave is rounded up to whole steps, which stretches the exponent by up to step / ln 2.
      const x = -distance * step;
      const relative = table[distance] / table[0];
      expect(relative).toBeGreaterThan(0.9 * Math.exp(x) - 2 ** -15);
      expect(relative).toBeLessThan(1.1 * Math.exp(x / (1 + step / 0.6931)) + 2 ** -15);
    }
  });

  it("gives the largest score weight even where the polynomial has none left", () => {
    expect(integerExponentials(5, 2, 1)[0]).toBeGreaterThan(0);
  });
});

describe("log2 code", () => {
  it("rounds in the linear domain: 3 is nearer to 4 than to 2, halves of p to even", () => {
    const codes = [1, 1.4, 1.5, 2, 2.5, 2.6, 5, 5.4, 5.5, 6, 11, 11.4, 11.5, 47, 48].map((p) => logCode(1000, 1000 * p));
    expect(codes).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6]);
    expect(logCode(0, 1000)).toBe(NEVER);
  });

  it("is what the shader's comparisons give, for every quotient of small integers and at 30 bits", () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i + 1, 0]).concat([
      [2 ** 29, 2 ** 29 - 1],
      [2 ** 29 - 3, 1],
    ]);
    for (const [first, second] of rows) {
      for (const e of [1, 2, 3, 7, 1 << 20]) {
        const table = new Uint32Array(256);
        table.set([e, first, second]);
        const output = new Uint32Array(4);
        // Scores 2, 1, 0 read the table's entries 0, 1, 2.
        const params = { rows: 1, columns: 3, stride4: 1, inverse_scale: 1, zero: 0, code_max: 2, zero_code: 0 };
        const x = new Uint32Array(Float32Array.of(2, 1, 0, 9).buffer);
        softmaxInteger(params, { QUANTIZE: 0 }, [x, table], output, arithmetic(true));
        const sum = e + first + second;
        const expected = [e, first, second].map((part) => (part === 0 ? 0 : 2 ** -logCode(part, sum)));
        expect([...new Float32Array(output.buffer)]).toEqual([...expected, 0]);
      }
    }
  });
});

describe("log-int-softmax", () => {
  it("by hand: four equal scores are quarters, and a score 30 octaves below is nothing", () => {
    expect([...softmax(node(0.1), [tensor([1, 4], Float32Array.of(2, 2, 2, 2))]).data]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([...softmax(node(0.1), [tensor([1, 2], Float32Array.of(24, -1.5))]).data]).toEqual([1, 0]);
  });

  it("is within one octave of the float softmax", () => {
    const normal = seededNormal(8);
    const step = 0.04;
    const x = tensor(
      [20, 33],
      Float32Array.from({ length: 660 }, () => Math.floor((1.5 * normal()) / step) * step),
    );
    const float = softmax(node(), [x]).data;
    softmax(node(step), [x]).data.forEach((p, i) => {
      expect(Math.log2(p)).toBeGreaterThan(Math.log2(float[i]) - 1);
      expect(Math.log2(p)).toBeLessThan(Math.log2(float[i]) + 1);
    });
  });
});
