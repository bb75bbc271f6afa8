import { describe, expect, it } from "vitest";
import type { Node } from "../../graph/graph.ts";
import { metrics } from "../../metrics/index.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { identifyModel } from "../../models/index.ts";
import { goldenModel } from "../../testing/golden-models.ts";
import { normalImages } from "../../testing/golden-pixels.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { minMax } from "../recipes/min-max.ts";
import { orthogonal, rotateAttention } from "./rotate-attention.ts";

describe("orthogonal", () => {
  it.each([1, 2, 4, 6, 12, 18, 64])("T T^T = 1 for %i", (n) => {
    const t = orthogonal(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let dot = 0;
        for (let k = 0; k < n; k++) dot += t[i * n + k] * t[j * n + k];
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    }
  });
});

describe("rotateAttention", () => {
  it("leaves attention as it is, and moves v by its mean", async () => {
    const float = smallVit();
    const { graph } = await calibrate({
      graph: float,
      images: smallImages(8),
      recipe: { ...minMax, rules: [], steps: [rotateAttention()] },
      weightBits: 8,
      activationBits: 8,
      levels: "strict",
      runNode: (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs)),
    });
    const taps = ["blocks.0.attn.qkv", "blocks.0.attn.softmax"];
    const [before, after] = [runGraph(float, smallImages(8), taps).taps, runGraph(graph, smallImages(8), taps).taps];
    expect(metrics.sqnrDb.measure(before[taps[1]], after[taps[1]])).toBeGreaterThan(90);
    const width = (after[taps[0]].shape.at(-1) ?? 0) / 3;
    const means = new Float64Array(3 * width);
    after[taps[0]].data.forEach((value, i) => (means[i % (3 * width)] += value));
    expect(Math.max(...means.subarray(width).map(Math.abs))).toBeLessThan(1e-3);
  });

  it.each(["vit-gated", "vit-gated-mlp", "vit-clipped"])("changes nothing of %s, whose rows do not sum to 1", async (name) => {
    const float = await identifyModel((await goldenModel(name)).any).build();
    const images = normalImages(4, float.inputShape, 1);
    const { graph } = await calibrate({
      graph: float,
      images,
      recipe: { ...minMax, rules: [], steps: [rotateAttention()] },
      weightBits: 8,
      activationBits: 8,
      levels: "strict",
      runNode: (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs)),
    });
    expect(graph.nodes.find(({ name: node }) => node === "blocks.0.attn.qkv")?.weights).not.toEqual(
      float.nodes.find(({ name: node }) => node === "blocks.0.attn.qkv")?.weights,
    );
    expect(metrics.sqnrDb.measure(runGraph(float, images).output, runGraph(graph, images).output)).toBeGreaterThan(90);
  });
});
