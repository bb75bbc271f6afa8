import { expect, it } from "vitest";
import { makeGraph, type Graph } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import { medianSpread, scaleSpreads } from "./scale-stability.ts";

const quantizer = (...scale: number[]): Quantizer => ({
  scheme: "uniform",
  bits: 4,
  levels: "strict",
  scale: Float32Array.from(scale),
  zeroPoint: new Float32Array(scale.length),
  axis: scale.length > 1 ? -1 : null,
});

/** Two layers with the given input scales. */
function graphOf(first: number[], second: number[]): Graph {
  const weights = { weight: tensor([2, 2], Float32Array.of(1, 0, 0, 1)), bias: tensor([2], new Float32Array(2)) };
  const layer = (name: string, input: string, scale: number[]) =>
    ({
      name,
      op: "Gemm",
      inputs: [input],
      attributes: {},
      weights,
      quantizers: { input: quantizer(...scale), weight: quantizer(9) },
    }) as const;
  return makeGraph("two", [2], [layer("fc1", "pixels", first), layer("fc2", "fc1", second)]);
}

it("compares scales site by site, the least stable first, weights left out", () => {
  const spreads = scaleSpreads(graphOf([1], [1, 2]), graphOf([1.1], [2, 2]));
  expect(spreads.map(({ id }) => id)).toEqual(["fc2.input", "fc1.input"]);
  expect(spreads[0]).toEqual({ id: "fc2.input", spread: 1, first: 1.5, second: 2 });
  expect(spreads[1].spread).toBeCloseTo(0.1, 6);
  expect(medianSpread(spreads)).toBeCloseTo(0.55, 6);
  expect(scaleSpreads(graphOf([1], [1]), graphOf([1], [1])).every(({ spread }) => spread === 0)).toBe(true);
});
