import { describe, expect, it } from "vitest";
import type { Node } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { minMax } from "../recipes/min-max.ts";
import { isWeight } from "../sites.ts";
import { nearest } from "../solvers/nearest.ts";
import { fitWeights } from "./fit-weights.ts";

const weightsOnly = minMax.rules.filter(({ where }) => where === isWeight);

async function quantized(order: "sequential" | "parallel") {
  const { graph } = await calibrate({
    graph: smallVit(1),
    images: smallImages(8),
    recipe: { ...minMax, order, rules: weightsOnly, steps: [fitWeights(nearest)] },
    weightBits: 3,
    activationBits: 8,
    levels: "strict",
    runNode: (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs)),
  });
  return graph;
}

describe("fitWeights", () => {
  it("gives each layer the float layer's mean output on the calibration images, on degraded inputs too", async () => {
    const graph = await quantized("sequential");
    for (const name of ["blocks.0.attn.qkv", "blocks.0.mlp.fc1", "blocks.0.mlp.fc2", "head"]) {
      const [float, ours] = [smallVit(1), graph].map((model) => runGraph(model, smallImages(8), [name]).taps[name]);
      const width = float.shape.at(-1) ?? 0;
      const means = (x: Tensor) =>
        Array.from(
          { length: width },
          (_, c) => x.data.reduce((sum, value, i) => (i % width === c ? sum + value : sum), 0) / (x.data.length / width),
        );
      means(float).forEach((mean, c) => expect(means(ours)[c]).toBeCloseTo(mean, 4));
      expect(ours.data.some((value, i) => Math.abs(value - float.data[i]) > 1e-3)).toBe(true);
    }
  });
});
