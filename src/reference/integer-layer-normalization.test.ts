import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import { seededNormal } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { multiplierOf } from "./integer-layer-normalization.ts";

function norm(gamma: number[], beta: number[], integer?: { inputStep: number; outputStep: number }): Node {
  return {
    name: "norm",
    op: "LayerNormalization",
    inputs: ["x"],
    attributes: { epsilon: 0, ...(integer ? { arithmetic: "integer", ...integer } : {}) },
    weights: { scale: tensor([gamma.length], Float32Array.from(gamma)), bias: tensor([beta.length], Float32Array.from(beta)) },
  };
}

describe("integer LayerNorm", () => {
  it("by hand: n = 3, 1, -1, -3 has V = 4 * 20 - 0 = 80", () => {
    // A = 4 / sqrt 80 / 0.01 = 44.72: floor(log2 A) = 5, N = 2, M = floor(178.9) = 178. B = rint(beta / 0.01 * 4).
    const node = norm([1, -1, 1, 0], [0, 0.02, 0.1, 0.5], { inputStep: 0.5, outputStep: 0.01 });
    const [a, b, c, d] = layerNormalization(node, [tensor([1, 4], Float32Array.of(1.5, 0.5, -0.5, -1.5))]).data;
    expect(a).toBeCloseTo(134 * 0.01, 6); // 178 * 3 / 4 = 133.5, to even
    expect(b).toBeCloseTo(-42 * 0.01, 6); // (-178 + 8) / 4 = -42.5, to even
    expect(c).toBeCloseTo(-34 * 0.01, 6); // (-178 + 40) / 4 = -34.5, to even
    expect(d).toBeCloseTo(0.5, 6);
  });

  it("finds eight bits of multiplier and the shift that goes with them", () => {
    expect(multiplierOf(1)).toEqual({ multiplier: 128, shift: 7 });
    expect(multiplierOf(0.9999)).toEqual({ multiplier: 255, shift: 8 });
    expect(multiplierOf(200.7)).toEqual({ multiplier: 200, shift: 0 });
    expect(multiplierOf(1000)).toEqual({ multiplier: 255, shift: 0 });
    expect(multiplierOf(2 ** -30)).toEqual({ multiplier: 2, shift: 31 });
    expect(multiplierOf(0)).toEqual({ multiplier: 0, shift: 0 });
  });

  it("gives a token of equal channels its bias on the output grid", () => {
    const node = norm([1, 2], [0.26, -1], { inputStep: 0.1, outputStep: 0.125 });
    expect([...layerNormalization(node, [tensor([1, 2], Float32Array.of(0.3, 0.3))]).data]).toEqual([0.25, -1]);
  });

  it("stays within the multiplier's seven bits of the float LayerNorm", () => {
    const normal = seededNormal(5);
    const draw = (count: number, spread: number) => Array.from({ length: count }, () => spread * normal());
    const [gamma, beta] = [draw(64, 1), draw(64, 0.3)];
    const step = 1 / 64;
    const x = tensor(
      [9, 64],
      Float32Array.from(draw(9 * 64, 5), (value) => Math.floor(value / step) * step),
    );
    const float = layerNormalization(norm(gamma, beta), [x]).data;
    const integer = layerNormalization(norm(gamma, beta, { inputStep: step, outputStep: 0.02 }), [x]).data;
    for (let row = 0; row < 9; row++) {
      const values = x.data.subarray(64 * row, 64 * row + 64);
      const mean = values.reduce((sum, value) => sum + value, 0) / 64;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 64);
      for (let c = 0; c < 64; c++) {
        // M loses less than 1/128 of the slope; then half an output step, and half a step of B / 2^N.
        const bound = Math.abs((values[c] / deviation) * gamma[c]) / 128 + 0.02;
        expect(Math.abs(integer[64 * row + c] - float[64 * row + c])).toBeLessThanOrEqual(bound);
      }
    }
  });
});
