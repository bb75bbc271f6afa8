/** What the recipes put where, on a whole small graph; their numbers are compared with the published programs in ../repq-vit.oracle.test.ts. */
import { describe, expect, it } from "vitest";
import type { Graph, Node } from "../../graph/graph.ts";
import { optionalSitesOf, sitesOf } from "../../graph/ops.ts";
import type { Levels } from "../../graph/quantizer.ts";
import { metrics } from "../../metrics/index.ts";
import { runNode } from "../../reference/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { calibrate } from "../calibrate.ts";
import type { Calibrated } from "../calibration-task.ts";
import { encodeTensor } from "../schemes/encode.ts";
import { simulateGraph } from "../simulate.ts";
import { reparameterizeInput } from "../steps/reparameterize-input.ts";
import { isRecipeName, recipes, type RecipeName } from "./index.ts";
import type { SiteRule } from "./recipe.ts";

const names = Object.keys(recipes) as RecipeName[];

const onCpu = (node: Node, inputs: Parameters<typeof runNode>[1]) => Promise.resolve(runNode(node, inputs));

function calibrated(recipe: RecipeName, weightBits: number, activationBits: number, levels: Levels = "strict"): Promise<Calibrated> {
  const widths = { weightBits, activationBits, levels };
  return calibrate({ graph: smallVit(), images: smallImages(8), recipe: recipes[recipe], ...widths, runNode: onCpu });
}

async function quantize(...request: Parameters<typeof calibrated>): Promise<Graph> {
  return (await calibrated(...request)).graph;
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

  it.each(names)("%s quantizes what its rules name, at the bits of their roles, with one step per layer input", async (name) => {
    const float = smallVit();
    const { graph, report } = await calibrated(name, 3, 6);
    const isMixed = "allocate" in recipes[name] && !("allocatesWhere" in recipes[name]);
    expect(report.layerBits !== undefined).toBe(isMixed);
    const rules: readonly SiteRule[] = recipes[name].rules;
    for (const original of float.nodes) {
      const node = graph.nodes.find((other) => other.name === original.name);
      const optional: readonly string[] = optionalSitesOf(original.op);
      const products = Object.entries(node?.quantizers ?? {}).filter(([site]) => !optional.includes(site));
      const ruled = sitesOf(original.op).filter((site) => rules.some(({ where }) => where({ graph: float, node: original, site })));
      expect([original.name, products.map(([site]) => site)]).toEqual([original.name, ruled]);
      for (const [site, quantizer] of products) {
        const isImage = original.name === "patch_embed.proj" && site === "input";
        const own = report.layerBits?.[original.name];
        const bits = site === "weight" ? (own?.weights ?? 3) : isImage ? 8 : (own?.activations ?? 6);
        expect([original.name, site, quantizer.bits]).toEqual([original.name, site, bits]);
        // Per tensor, per head (2), per output row, or per channel of v (8).
        expect(site === "weight" ? [original.weights.weight.shape[0]] : site === "value" ? [1, 2, 8] : [1, 2]).toContain(
          quantizer.scale.length,
        );
        if (site === "input") expect(quantizer.axis).toBe(null);
        expect(quantizer.zeroPoint.every(Number.isInteger)).toBe(true);
      }
    }
  });

  it.each(names)("%s gives the same scales and weights again, to the bit", async (name) => {
    const [first, second] = [await quantize(name, 4, 4), await quantize(name, 4, 4)];
    expect(second.nodes).toEqual(first.nodes);
  });

  it.each(names)("%s at 8 bits stays close to the float model", async (name) => {
    const graph = await quantize(name, 8, 8);
    const images = smallImages(32, 99);
    const [float, quantized] = [runGraph(smallVit(), images).output, simulateGraph(graph, images).output];
    const atTwoBits = simulateGraph(await quantize(name, 2, 2), images).output;
    expect(metrics.sqnrDb.measure(float, quantized)).toBeGreaterThan(15);
    expect(metrics.sqnrDb.measure(float, atTwoBits)).toBeLessThan(metrics.sqnrDb.measure(float, quantized) - 5);
  });
});

describe("dopq-vit", () => {
  it("mean and median of the channels' steps give identical codes: forward-only, the common step cancels", async () => {
    const encodings = await Promise.all(
      (["mean", "median"] as const).map(async (target) => {
        const recipe = { ...recipes["dopq-vit"], steps: [reparameterizeInput({ target })] };
        const request = { weightBits: 4, activationBits: 4, levels: "strict" as const, recipe };
        const inputs = { graph: smallVit(), images: smallImages(8), runNode: onCpu };
        const { graph } = await calibrate({ ...inputs, ...request });
        const norms = simulateGraph(graph, smallImages(4, 3), ["blocks.0.norm1", "blocks.1.norm2"]).taps;
        const codes = (node: string, value: string) => encodeTensor(norms[value], quantizerAt(graph, node, "input")).data;
        const qkv = graph.nodes.find(({ name }) => name === "blocks.0.attn.qkv");
        return {
          weights: qkv && encodeTensor(qkv.weights.weight, quantizerAt(graph, "blocks.0.attn.qkv", "weight")).data,
          first: codes("blocks.0.attn.qkv", "blocks.0.norm1"),
          last: codes("blocks.1.mlp.fc1", "blocks.1.norm2"),
          scale: quantizerAt(graph, "blocks.0.attn.qkv", "input").scale[0],
        };
      }),
    );
    const [mean, median] = encodings;
    expect(mean.scale).not.toBe(median.scale);
    expect(median.weights).toEqual(mean.weights);
    expect(median.first).toEqual(mean.first);
    expect(median.last).toEqual(mean.last);
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
