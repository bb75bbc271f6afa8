/** Mixed precision in the walk: who decides a layer's bits, and what is refused. */
import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import { runNode } from "../reference/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectCode } from "../testing/expect-code.ts";
import { smallImages, smallVit } from "../testing/small-vit.ts";
import { bitsAt, type BitWidths } from "./bits.ts";
import { calibrateAll } from "./calibrate.ts";
import type { CalibrationTask } from "./calibration-task.ts";
import { minMax } from "./recipes/min-max.ts";
import type { FloatModel, Recipe } from "./recipes/recipe.ts";
import { repqVit } from "./recipes/repq-vit.ts";

const inputs = {
  graph: smallVit(1),
  images: smallImages(4),
  runNode: (node: Node, read: readonly Tensor[]) => Promise.resolve(runNode(node, read)),
};

/** min-max that gives the classifier the asked weight bits plus two, and notes what it was asked. */
function allocating(asked: (readonly BitWidths[])[], images: number[] = []): Recipe {
  const allocate = ({ images: { shape } }: FloatModel, settings: readonly BitWidths[]) => {
    asked.push(settings);
    images.push(shape[0]);
    return Promise.resolve(settings.map(({ weights }) => ({ head: { weights: weights + 2 } })));
  };
  return { ...minMax, calibrationImages: 3, allocate };
}

const task = (recipe: Recipe, bits: number, more: Partial<CalibrationTask> = {}): CalibrationTask => ({
  recipe,
  weightBits: bits,
  activationBits: bits,
  levels: "strict",
  ...more,
});

const bitsOf = ({ graph }: Awaited<ReturnType<typeof calibrateAll>>[number], name: string) => {
  const sites = Object.entries(graph.nodes.find((node) => node.name === name)?.quantizers ?? {});
  return Object.fromEntries(sites.map(([site, { bits }]) => [site, bits]));
};

it("bits of a place: the rule's own, the attention's, the layer's, the model's", () => {
  const node = inputs.graph.nodes.find(({ name }) => name === "blocks.0.attn.matmul2");
  if (!node) throw new Error("no product in the graph");
  const widths = { weights: 4, activations: 6, layers: { [node.name]: { activations: 3 } } };
  expect(bitsAt({ bits: 8 }, { node }, widths)).toBe(8);
  expect(bitsAt({ bits: "weights" }, { node }, widths)).toBe(4);
  expect(bitsAt({ bits: "activations" }, { node }, widths)).toBe(3);
  expect(bitsAt({ bits: "attention" }, { node }, widths)).toBe(3);
  expect(bitsAt({ bits: "attention" }, { node }, { ...widths, attention: 5 })).toBe(5);
  expect(bitsAt({ bits: "attention" }, { node }, { weights: 4, activations: 6 })).toBe(6);
});

describe("allocate", () => {
  it("is asked once, for the settings without bits of their own; results keep the order of the tasks", async () => {
    const asked: (readonly BitWidths[])[] = [];
    const images: number[] = [];
    const recipe = allocating(asked, images);
    const given = { head: { activations: 7 }, "blocks.0.attn.matmul1": { activations: 2 } };
    const results = await calibrateAll(inputs, [
      task(recipe, 4),
      task({ ...minMax, calibrationImages: 3 }, 5),
      task(recipe, 3, { layerBits: given }),
      task(recipe, 6),
    ]);
    expect(asked.map((settings) => settings.map(({ weights }) => weights))).toEqual([[4, 6]]);
    expect(images).toEqual([3]);
    expect(results.map((result) => bitsOf(result, "head"))).toEqual([
      { input: 4, weight: 6 },
      { input: 5, weight: 5 },
      { input: 7, weight: 3 },
      { input: 6, weight: 8 },
    ]);
    expect(bitsOf(results[2], "blocks.0.attn.matmul1")).toEqual({ query: 2, key: 2 });
    expect(results.map(({ report }) => report.layerBits)).toEqual([{ head: { weights: 6 } }, undefined, given, { head: { weights: 8 } }]);
  });

  it("attention bits that were asked for stay; otherwise they are the product's", async () => {
    const layerBits = { "blocks.0.attn.matmul2": { activations: 3 } };
    const results = await calibrateAll(inputs, [task(repqVit, 4, { layerBits }), task(repqVit, 4, { layerBits, attentionBits: 4 })]);
    expect(results.map((result) => bitsOf(result, "blocks.0.attn.matmul2"))).toEqual([
      { probabilities: 3, value: 3 },
      { probabilities: 4, value: 3 },
    ]);
  });
});

it("refuses bits for layers that are not there, and impossible ones", async () => {
  const refused = (layerBits: CalibrationTask["layerBits"]) => calibrateAll(inputs, [task(minMax, 4, { layerBits })]);
  const { what } = await expectCode("LAYER_BITS_INVALID", () => refused({ haed: { weights: 4 }, head: { weights: 4 } }));
  expect(what).toContain("haed");
  expect(what).not.toContain("head");
  await expectCode("LAYER_BITS_INVALID", () => refused({ "blocks.0.norm1": { activations: 4 } }));
  await expectCode("BITS_UNSUPPORTED", () => refused({ head: { weights: 9 } }));
});
