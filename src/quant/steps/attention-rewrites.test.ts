import { describe, expect, it } from "vitest";
import { makeGraph, type Graph } from "../../graph/graph.ts";
import { metrics } from "../../metrics/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { orthogonal, rewriteQkv, rotatedProjection, type Rewrite } from "./attention-rewrites.ts";

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

describe("rewriteQkv", () => {
  const forms = [false, true].flatMap((rotated) => [false, true].map((centred): Rewrite => ({ rotated, centred })));
  it.each(forms.flatMap((scores) => forms.map((values) => ({ scores, values }))))(
    "changes no probability, and the block's output by a constant where v is centred: $scores, $values",
    ({ scores, values }) => {
      const float = smallVit();
      const means = meansOf(float, "blocks.0.attn.qkv");
      const graph = rewritten(float, means, scores, values);
      const taps = ["blocks.0.attn.softmax", "blocks.0.attn.proj"];
      const [before, after] = [runGraph(float, smallImages(8), taps).taps, runGraph(graph, smallImages(8), taps).taps];
      expect(metrics.sqnrDb.measure(before[taps[0]], after[taps[0]])).toBeGreaterThan(90);
      const [y, moved] = [before[taps[1]], after[taps[1]]];
      const width = y.shape.at(-1) ?? 1;
      const offset = (at: number) => y.data[at] - moved.data[at];
      for (let i = 0; i < y.data.length; i++) expect(offset(i)).toBeCloseTo(values.centred ? offset(i % width) : 0, 4);
    },
  );

  it("takes the means off keys and values only", () => {
    const float = smallVit();
    const means = meansOf(float, "blocks.0.attn.qkv");
    const centred = { rotated: false, centred: true };
    const left = meansOf(rewritten(float, means, centred, centred), "blocks.0.attn.qkv");
    const width = left.length / 3;
    left.forEach((mean, i) => expect(mean).toBeCloseTo(i < width ? means[i] : 0, 4));
  });
});

function rewritten(float: Graph, means: Float64Array, scores: Rewrite, values: Rewrite): Graph {
  const heads = Number(float.nodes.find(({ op }) => op === "AttentionScores")?.attributes.numHeads);
  const nodes = float.nodes.map((node) => {
    if (node.name === "blocks.0.attn.qkv") return rewriteQkv(node, heads, means, scores, values);
    if (node.name !== "blocks.0.attn.proj" || !values.rotated) return node;
    return { ...node, weights: { ...node.weights, weight: rotatedProjection(node.weights.weight, heads) } };
  });
  return makeGraph(float.name, float.inputShape, nodes);
}

function meansOf(graph: Graph, name: string): Float64Array {
  const { data, shape } = runGraph(graph, smallImages(8), [name]).taps[name];
  const width = shape.at(-1) ?? 1;
  const sums = new Float64Array(width);
  data.forEach((value, i) => (sums[i % width] += value / (data.length / width)));
  return sums;
}
