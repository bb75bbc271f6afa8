import { expect, test } from "vitest";
import type { Node } from "../graph/graph.ts";
import type { Quantizer } from "../graph/quantizer.ts";
import { tensor } from "../tensor/tensor.ts";
import { outputColumns } from "./output-columns.ts";

const uniform = (bits: number, scale: number[], zeroPoint: number[]): Quantizer => ({
  scheme: "uniform",
  bits,
  levels: "strict",
  scale: Float32Array.from(scale),
  zeroPoint: Float32Array.from(zeroPoint),
  axis: scale.length > 1 ? -1 : null,
});

const affine = (scale: number[], bias: number[]): Node => {
  const weights = { scale: tensor([scale.length], Float32Array.from(scale)), bias: tensor([bias.length], Float32Array.from(bias)) };
  return { name: "affine", op: "Affine", inputs: ["x"], attributes: {}, weights };
};

test("three sections of two heads: each column takes the entry of its run, its section's largest code", () => {
  const quantizers = [uniform(4, [0.5, 0.25], [1, 2]), uniform(4, [2], [3]), uniform(8, [1, 0.5, 0.25, 0.125], [4, 5, 6, 7])];
  const { inverse, zero, top, max } = outputColumns({ quantizers }, null, 12);
  expect([...inverse]).toEqual([2, 2, 4, 4, 0.5, 0.5, 0.5, 0.5, 1, 2, 4, 8]);
  expect([...zero]).toEqual([1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7]);
  expect([...top]).toEqual([15, 15, 15, 15, 15, 15, 15, 15, 255, 255, 255, 255]);
  expect(max).toBe(15);
});

test("an Affine multiplies the inverse step and shifts the zero point, by whole codes where f32 alone keeps it from them", () => {
  const step = Math.fround(0.1);
  const addends = [0, 3 * step * (1 + 1e-5), -2 * step, 0.5 * step];
  const { inverse, zero } = outputColumns({ quantizers: [uniform(8, [step], [10])] }, affine([1, 2, 0.5, 1], addends), 4);
  expect([...inverse]).toEqual([1, 2, 0.5, 1].map((factor) => Math.fround(factor / step)));
  expect([...zero.subarray(0, 3)]).toEqual([10, 13, 8]);
  expect(zero[3]).toBeCloseTo(10.5, 6);
});
