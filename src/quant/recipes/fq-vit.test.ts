/** What FQ-ViT puts where on a whole small graph, and that its integers follow the float model. */
import { describe, expect, it } from "vitest";
import type { Graph, Node } from "../../graph/graph.ts";
import { optionalSitesOf } from "../../graph/ops.ts";
import { metrics } from "../../metrics/index.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { factorGrid } from "../schemes/power-of-two-factor.ts";
import { simulateGraph } from "../simulate.ts";
import { recipes, type RecipeName } from "./index.ts";

async function quantize(recipe: RecipeName, attentionBits: number): Promise<Graph> {
  const { graph } = await calibrate({
    graph: smallVit(),
    images: smallImages(16),
    recipe: recipes[recipe],
    weightBits: 8,
    activationBits: 8,
    attentionBits,
    levels: "strict",
    runNode: (node, inputs) => Promise.resolve(runNode(node, inputs)),
  });
  return graph;
}

const nodeOf = (graph: Graph, name: string): Node => {
  const node = graph.nodes.find((other) => other.name === name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
};

describe("fq-vit", () => {
  it("runs every LayerNorm in integers, from power-of-two factors to the step of the layer behind it", async () => {
    const graph = await quantize("fq-vit", 4);
    const readers = { "blocks.0.norm1": "blocks.0.attn.qkv", "blocks.1.norm2": "blocks.1.mlp.fc1", norm: "head" };
    for (const [norm, reader] of Object.entries(readers)) {
      const { quantizers, attributes } = nodeOf(graph, norm);
      const grid = quantizers?.input ? factorGrid(quantizers.input) : null;
      expect(quantizers?.input?.scale).toHaveLength(8);
      expect(attributes).toMatchObject({
        arithmetic: "integer",
        inputStep: grid?.step,
        outputStep: nodeOf(graph, reader).quantizers?.input?.scale[0],
      });
    }
  });

  it("lets the quantized stream flow on: both readers of a residual have one quantizer", async () => {
    const graph = await quantize("fq-vit", 4);
    for (const [norm, add] of [
      ["blocks.0.norm1", "blocks.0.add1"],
      ["blocks.0.norm2", "blocks.0.add2"],
      ["blocks.1.norm1", "blocks.1.add1"],
    ]) {
      expect(nodeOf(graph, add).quantizers?.input).toBe(nodeOf(graph, norm).quantizers?.input);
    }
  });

  it("runs softmax in integers on 8-bit scores, to 4-bit powers of two of 1", async () => {
    const graph = await quantize("fq-vit", 4);
    const { quantizers, attributes } = nodeOf(graph, "blocks.1.attn.softmax");
    expect(quantizers?.input).toMatchObject({ scheme: "uniform", bits: 8 });
    expect(attributes).toEqual({ arithmetic: "log-int", inputStep: quantizers?.input?.scale[0] });
    const probabilities = nodeOf(graph, "blocks.1.attn.matmul2").quantizers?.probabilities;
    expect(probabilities).toMatchObject({ scheme: "log2", bits: 4, scale: Float32Array.of(1) });
    const { taps } = simulateGraph(graph, smallImages(2), ["blocks.1.attn.softmax"]);
    expect(taps["blocks.1.attn.softmax"].data.every((p) => p === 0 || Number.isInteger(Math.log2(p)))).toBe(true);
  });

  it("stays close to the float model at 8 bits, attention at 4", async () => {
    const images = smallImages(32, 99);
    const float = runGraph(smallVit(), images).output;
    expect(metrics.sqnrDb.measure(float, simulateGraph(await quantize("fq-vit", 4), images).output)).toBeGreaterThan(15);
  });
});

describe("other recipes", () => {
  it.each((Object.keys(recipes) as RecipeName[]).filter((name) => !("arithmeticRules" in recipes[name])))(
    "%s leaves LayerNorm, softmax and the residual stream in float",
    async (name) => {
      const graph = await quantize(name, 8);
      for (const { op, quantizers, attributes } of graph.nodes.filter((node) => optionalSitesOf(node.op).length > 0)) {
        expect([op, quantizers?.input, attributes.arithmetic]).toEqual([op, undefined, undefined]);
      }
    },
  );
});
