import { describe, expect, it } from "vitest";
import { makeGraph, type Graph, type Node } from "../../graph/graph.ts";
import { metrics } from "../../metrics/index.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
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
    const { graph } = await rotated(float);
    const taps = ["blocks.0.attn.qkv", "blocks.0.attn.softmax"];
    const [before, after] = [runGraph(float, smallImages(8), taps).taps, runGraph(graph, smallImages(8), taps).taps];
    expect(metrics.sqnrDb.measure(before[taps[1]], after[taps[1]])).toBeGreaterThan(90);
    const width = (after[taps[0]].shape.at(-1) ?? 0) / 3;
    const means = new Float64Array(3 * width);
    after[taps[0]].data.forEach((value, i) => (means[i % (3 * width)] += value));
    expect(Math.max(...means.subarray(width).map(Math.abs))).toBeLessThan(1e-3);
  });

  it.each([
    ["gated heads", gated(smallVit())],
    ["clipped softmax", clipped(smallVit())],
  ])("changes nothing of %s, whose rows do not sum to 1", async (_kind, float) => {
    const { graph } = await rotated(float);
    const qkvOf = ({ nodes }: Graph) => nodes.find(({ name }) => name === "blocks.0.attn.qkv")?.weights;
    expect(qkvOf(graph)).not.toEqual(qkvOf(float));
    const images = smallImages(8);
    expect(metrics.sqnrDb.measure(runGraph(float, images).output, runGraph(graph, images).output)).toBeGreaterThan(90);
  });
});

function rotated(float: Graph) {
  return calibrate({
    graph: float,
    images: smallImages(8),
    recipe: { ...minMax, rules: [], steps: [rotateAttention()] },
    weightBits: 8,
    activationBits: 8,
    levels: "strict",
    runNode: (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs)),
  });
}

/** With a gate for each head, computed from what attention reads. */
function gated({ name, inputShape, nodes, shapes }: Graph): Graph {
  const heads = Number(nodes.find(({ op }) => op === "AttentionScores")?.attributes.numHeads);
  const withGates = nodes.flatMap((node): Node[] => {
    if (!node.name.endsWith(".attn.proj")) return [node];
    const block = node.name.slice(0, -".attn.proj".length);
    const norm = `${block}.norm1`;
    const width = shapes[norm][1];
    const weight = tensor(
      [heads, width],
      Float32Array.from({ length: heads * width }, (_, i) => Math.sin(i)),
    );
    const alpha = { name: `${block}.attn.alpha`, op: "Gemm" as const, inputs: [norm], attributes: {}, weights: { weight } };
    const gate = { name: `${block}.attn.gate`, op: "HeadGate" as const, inputs: [node.inputs[0], alpha.name], attributes: {}, weights: {} };
    return [alpha, gate, { ...node, inputs: [gate.name] }];
  });
  return makeGraph(name, inputShape, withGates);
}

function clipped({ name, inputShape, nodes }: Graph): Graph {
  const attributes = { gamma: -0.05, zeta: 1.1 };
  return makeGraph(
    name,
    inputShape,
    nodes.map((node) => (node.op === "Softmax" ? { ...node, attributes } : node)),
  );
}
