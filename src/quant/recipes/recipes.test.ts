/** What the recipes put where, on a whole small graph; their numbers are compared with the published programs in ../repq-vit.oracle.test.ts. */
import { describe, expect, it } from "vitest";
import type { Graph, Node } from "../../graph/graph.ts";
import { sitesOf } from "../../graph/ops.ts";
import type { Levels } from "../../graph/quantizer.ts";
import { metrics } from "../../metrics/index.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import { simulateGraph } from "../simulate.ts";
import { isRecipeName, recipes, type RecipeName } from "./index.ts";

const names = Object.keys(recipes) as RecipeName[];

async function quantize(recipe: RecipeName, weightBits: number, activationBits: number, levels: Levels = "strict"): Promise<Graph> {
  const runOnCpu = (node: Node, inputs: Parameters<typeof runNode>[1]) => Promise.resolve(runNode(node, inputs));
  const images = smallImages(8);
  const { graph } = await calibrate({
    graph: smallVit(),
    images,
    recipe: recipes[recipe],
    weightBits,
    activationBits,
    levels,
    runNode: runOnCpu,
  });
  return graph;
}

function quantizerAt(graph: Graph, node: string, site: "input" | "weight" | "probabilities" | "value") {
  const quantizer = graph.nodes.find(({ name }) => name === node)?.quantizers?.[site];
  if (!quantizer) throw new Error(`${node} has no ${site} quantizer`);
  return quantizer;
}

describe("every recipe", () => {
  it("is registered under its own name", () => {
    for (const name of names) expect(recipes[name].name).toBe(name);
    expect([isRecipeName("repq-vit"), isRecipeName("toString")]).toEqual([true, false]);
  });

  it.each(names)("%s quantizes every site, the image at 8 bits, weights by rows, activations by tensor", async (name) => {
    const graph = await quantize(name, 3, 6);
    for (const node of graph.nodes) {
      expect(Object.keys(node.quantizers ?? {})).toEqual([...sitesOf(node.op)]);
      for (const [site, quantizer] of Object.entries(node.quantizers ?? {})) {
        const isImage = node.name === "patch_embed.proj" && site === "input";
        expect([node.name, site, quantizer.bits]).toEqual([node.name, site, site === "weight" ? 3 : isImage ? 8 : 6]);
        expect(quantizer.scale).toHaveLength(site === "weight" ? node.weights.weight.shape[0] : 1);
        expect(quantizer.axis).toBe(site === "weight" ? 0 : null);
        expect(quantizer.zeroPoint.every(Number.isInteger)).toBe(true);
      }
    }
  });

  it.each(names)("%s at 8 bits stays close to the float model", async (name) => {
    const graph = await quantize(name, 8, 8);
    const images = smallImages(32, 99);
    const [float, quantized] = [runGraph(smallVit(), images).output, simulateGraph(graph, images).output];
    expect(metrics.sqnrDb.measure(float, quantized)).toBeGreaterThan(15);
    expect(metrics.sqnrDb.measure(float, simulateGraph(await quantize(name, 2, 2), images).output)).toBeLessThan(10);
  });
});

describe("min-max", () => {
  it("is uniform everywhere, softmax included, and covers the whole range", async () => {
    const graph = await quantize("min-max", 4, 4);
    const probabilities = quantizerAt(graph, "blocks.0.attn.matmul2", "probabilities");
    const seen = runGraph(smallVit(), smallImages(8), ["blocks.0.attn.softmax"]).taps["blocks.0.attn.softmax"].data;
    expect(probabilities.scheme).toBe("uniform");
    expect(probabilities.scale[0]).toBeCloseTo((Math.max(...seen) - Math.min(...seen)) / 15, 7);
    const { weight } = smallVit().nodes.find(({ name }) => name === "head")?.weights ?? {};
    const row = weight?.data.slice(0, 8) ?? new Float32Array(0);
    expect(quantizerAt(graph, "head", "weight").scale[0]).toBeCloseTo((Math.max(...row) - Math.min(...row)) / 15, 7);
  });
});

describe("repq-vit", () => {
  it("stores attention probabilities on a log scale", async () => {
    const graph = await quantize("repq-vit", 4, 4);
    expect(quantizerAt(graph, "blocks.1.attn.matmul2", "probabilities").scheme).toBe("log-sqrt2");
    expect(quantizerAt(graph, "blocks.1.attn.matmul2", "value").scheme).toBe("uniform");
  });

  it("reparameterizes the norms before qkv and fc1 and no other node", async () => {
    const [before, after] = [smallVit(), await quantize("repq-vit", 4, 4)];
    const changed = after.nodes.filter(({ weights }, i) => {
      const original = before.nodes[i].weights;
      return Object.keys(weights).some((key) => weights[key].data.some((value, j) => value !== original[key].data[j]));
    });
    expect(changed.map(({ name }) => name.replace(/^blocks\.\d\./, ""))).toEqual(
      [0, 1].flatMap(() => ["norm1", "attn.qkv", "norm2", "mlp.fc1"]),
    );
  });

  it("keeps fractional zero points as published", async () => {
    const graph = await quantize("repq-vit", 4, 4, "as-published");
    expect(Number.isInteger(quantizerAt(graph, "blocks.0.attn.qkv", "input").zeroPoint[0])).toBe(false);
    expect(quantizerAt(graph, "blocks.0.attn.proj", "input").zeroPoint.every(Number.isInteger)).toBe(true);
  });

  it("calibrates the affected weights again, on their new values", async () => {
    const graph = await quantize("repq-vit", 4, 4);
    const qkv = graph.nodes.find(({ name }) => name === "blocks.0.attn.qkv");
    const row = qkv?.weights.weight.data.slice(0, 8) ?? new Float32Array(0);
    const range = Math.max(...row) - Math.min(...row);
    // Of eight values the quantiles .999 and .001 lie 0.7 % of the way from the extremes to their neighbours.
    expect(quantizerAt(graph, "blocks.0.attn.qkv", "weight").scale[0] / (range / 15)).toBeCloseTo(1, 1.5);
  });
});
