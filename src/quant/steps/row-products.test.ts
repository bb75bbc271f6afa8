import { describe, expect, it } from "vitest";
import type { Node } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import { seededNormal } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { createCrossGram } from "../linear-algebra/gram.ts";
import { rowProducts } from "./row-products.ts";

const values = (count: number, seed: number) => {
  const normal = seededNormal(seed);
  return Float32Array.from({ length: count }, () => normal());
};

/** The CPU's own op, noting what it was asked. */
function executor() {
  const asked: (readonly number[])[] = [];
  const run = (node: Node, inputs: readonly Tensor[]) => {
    asked.push([...inputs[0].shape, ...node.weights.weight.shape]);
    return Promise.resolve(runNode(node, inputs));
  };
  return { asked, run };
}

describe("rowProducts", () => {
  it("sums large products piece by piece on the executor, as the sums in float64 are", async () => {
    const [x, y] = [values(2100 * 96, 1), values(2100 * 90, 2)];
    const { asked, run } = executor();
    const actual = await rowProducts(x, 96, y, 90, run);
    expect(asked).toEqual([
      [1, 96, 2048, 90, 2048],
      [1, 96, 52, 90, 52],
    ]);
    const exact = createCrossGram(96, 90);
    exact.add(x, y);
    // Every element is a sum of 2100 products of about 1: float32 rounds the piece's sum, about 45, once.
    exact.total().gram.forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThan(2e-5));
    const symmetric = await rowProducts(x, 96, x, 96, run);
    expect(symmetric[5 * 96 + 7]).toBe(symmetric[7 * 96 + 5]);
  });

  it("keeps small ones on the CPU, exact to the last bit of float64", async () => {
    const { asked, run } = executor();
    const actual = await rowProducts(Float32Array.of(1, 2, 3, 4), 2, Float32Array.of(5, 6), 1, run);
    expect([[...actual], asked]).toEqual([[5 + 18, 10 + 24], []]);
  });

  it("refuses rows that do not pair", async () => {
    await expect(rowProducts(new Float32Array(4), 2, new Float32Array(3), 1, executor().run)).rejects.toThrow("2 and 3 rows do not pair");
  });
});
