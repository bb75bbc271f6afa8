/** The recipes that give layers bits: what they may spend, and on whom. */
import { describe, expect, it } from "vitest";
import type { Node } from "../../graph/graph.ts";
import { runNode } from "../../reference/index.ts";
import type { Progress } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { smallImages, smallVit } from "../../testing/small-vit.ts";
import { layerBitOps, layerCosts, modelCost } from "../allocation/bit-costs.ts";
import { layerSensitivity } from "../allocation/layer-sensitivity.ts";
import { calibrateAll } from "../calibrate.ts";
import type { CalibrationTask } from "../calibration-task.ts";
import type { LayerBits } from "../bits.ts";
import { layerRelevance } from "../relevance/layer-relevance.ts";
import { lrpQvit } from "./lrp-qvit.ts";
import type { Recipe } from "./recipe.ts";
import { sensitivity } from "./sensitivity.ts";
import { vitrine } from "./vitrine.ts";

const graph = smallVit(3);
const images = smallImages(10);
const onCpu = (node: Node, inputs: readonly Tensor[]) => Promise.resolve(runNode(node, inputs));
const layers = layerCosts(graph);
const WIDTHS = [
  [2, 2],
  [3, 3],
  [5, 5],
  [4, 8],
  [8, 8],
] as const;

const settings = (recipe: Recipe): CalibrationTask[] =>
  WIDTHS.map(([weightBits, activationBits]) => ({ recipe, weightBits, activationBits, levels: "strict" }));

describe.each([
  ["lrp-qvit", lrpQvit],
  ["sensitivity", sensitivity],
] as const)("%s", (_name, recipe) => {
  it("spends at most the bytes and operations of the uniform model, on stored widths, with 8-bit pixels", async () => {
    const results = await calibrateAll({ graph, images, runNode: onCpu }, settings(recipe));
    const pinned = { "patch_embed.proj": { activations: 8 } };
    for (const [i, { report }] of results.entries()) {
      const [weights, activations] = WIDTHS[i];
      const bits = report.layerBits ?? {};
      expect(Object.keys(bits)).toEqual(layers.map(({ name }) => name));
      const [mixed, uniform] = [modelCost(layers, bits), modelCost(layers, pinned, { weights, activations })];
      expect(mixed.weightBytes).toBeLessThanOrEqual(uniform.weightBytes);
      expect(mixed.bitOps).toBeLessThanOrEqual(uniform.bitOps);
      expect(bits["patch_embed.proj"].activations).toBe(8);
      for (const [name, own] of Object.entries(bits)) {
        expect([2, 3, 4, 6, 8]).toContain(own.activations);
        expect(name.includes("matmul") ? [undefined] : [2, 3, 4, 6, 8]).toContain(own.weights);
        if (weights !== activations) expect(own.activations, name).toBe(8);
      }
    }
    // 2 and 8 bits leave no choice; 3 and 5 do, and use it.
    const used = results.map(({ report }) => new Set(Object.values(report.layerBits ?? {}).flatMap((own) => own.weights ?? [])));
    expect([used[0], used[4]]).toEqual([new Set([2]), new Set([8])]);
    for (const widths of used.slice(1, 3)) expect(widths.size).toBeGreaterThan(1);
  });
});

describe("vitrine", () => {
  const at = (weightBits: number, activationBits: number, recipe: Recipe = vitrine): CalibrationTask => ({
    recipe,
    weightBits,
    activationBits,
    levels: "strict",
  });
  const model = { graph, images, runNode: onCpu };

  it("gives layers bits of their own at 3 bits alone, within the same budgets, by its own quantizers", async () => {
    const [three, ...others] = await calibrateAll(model, [at(3, 3), at(4, 4), at(3, 8)]);
    for (const { report } of others) expect(report).not.toHaveProperty("layerBits");
    const bits = three.report.layerBits ?? {};
    const [mixed, uniform] = [bits, {}].map((own: LayerBits) =>
      modelCost(layers, { ...own, "patch_embed.proj": { ...own["patch_embed.proj"], activations: 8 } }, { weights: 3, activations: 3 }),
    );
    expect(mixed.weightBytes).toBeLessThanOrEqual(uniform.weightBytes);
    expect(mixed.bitOps).toBeLessThanOrEqual(uniform.bitOps);
    expect(new Set(Object.values(bits).flatMap((own) => own.weights ?? []))).toEqual(new Set([2, 3, 4]));
    const measured = await layerSensitivity(model, vitrine, "both", [2, 3, 4]);
    const total = (widthOf: (name: string) => number) => layers.reduce((sum, { name }) => sum + measured[name][widthOf(name)], 0);
    expect(total((name) => bits[name].weights ?? bits[name].activations ?? 3)).toBeLessThan(total(() => 3));
    // The same bits again, given by the user: the same model.
    expect((await calibrateAll(model, [{ ...at(3, 3), layerBits: bits }]))[0].graph).toEqual(three.graph);
  });

  it("keeps the same bits everywhere where predictions are already further off than sensitivities can tell", async () => {
    const seen: Progress[] = [];
    const job = { onProgress: (progress: Progress) => void seen.push(progress) };
    const strict = { ...vitrine, allocatesWhere: { bits: [3], divergence: 1e-9 } };
    const [far] = await calibrateAll({ ...model, job }, [at(3, 3, strict)]);
    expect(far.report).not.toHaveProperty("layerBits");
    const [never] = await calibrateAll(model, [at(3, 3, { ...vitrine, allocatesWhere: { bits: [], divergence: 1 } })]);
    expect(far.graph).toEqual(never.graph);
    const shares = seen.slice(seen.findIndex(({ stage }) => stage.startsWith("calibrating"))).map(({ done, total }) => done / total);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  });
});

it("lrp-qvit: of layers that cost the same, those with more relevance never get fewer bits", async () => {
  const [, { report }] = await calibrateAll({ graph, images, runNode: onCpu }, settings(lrpQvit));
  const scores = await layerRelevance(graph, smallImages(8));
  const price = (layer: (typeof layers)[number]) => `${layer.parameters} ${layerBitOps(layer, { weights: 1, activations: 1 })}`;
  let differences = 0;
  for (const a of layers) {
    for (const b of layers) {
      if (price(a) !== price(b) || scores[a.name] <= scores[b.name]) continue;
      const [more, fewer] = [report.layerBits?.[a.name].activations ?? 0, report.layerBits?.[b.name].activations ?? 0];
      expect(more, `${a.name} and ${b.name}`).toBeGreaterThanOrEqual(fewer);
      if (more > fewer) differences++;
    }
  }
  expect(differences).toBeGreaterThan(0);
});

it("sensitivity: what was measured sums to no more than with the same bits everywhere", async () => {
  const results = await calibrateAll({ graph, images, runNode: onCpu }, settings(sensitivity));
  const table = await layerSensitivity({ graph, images, runNode: onCpu }, lrpQvit, "both");
  const bits = results[1].report.layerBits ?? {};
  const mixed = layers.reduce((sum, { name }) => sum + table[name][bits[name].weights ?? bits[name].activations ?? 0], 0);
  const uniform = layers.reduce((sum, { name }) => sum + table[name][3], 0);
  expect(mixed).toBeLessThan(uniform);
});

it("refuses a model whose values overflow before any bits are given", async () => {
  const broken = smallImages(2);
  broken.data[5] = Number.NaN;
  for (const recipe of [lrpQvit, sensitivity]) {
    await expectCode("CALIBRATION_NOT_FINITE", () => calibrateAll({ graph, images: broken, runNode: onCpu }, settings(recipe)));
    await expectCode("CALIBRATION_EMPTY", () => calibrateAll({ graph, images: smallImages(0), runNode: onCpu }, settings(recipe)));
  }
});
