import { describe, expect, it } from "vitest";
import { histogramOf } from "../../../quant/observers/histogram.ts";
import { isRecipeName } from "../../../quant/recipes/index.ts";
import { seededNormal } from "../../../tensor/random.ts";
import { diagnosedSmallVit } from "../../../testing/diagnosed-model.ts";
import { quantizeModels } from "../../quantize-model.ts";
import { tensorSource } from "../../image-source.ts";
import { smallImages } from "../../../testing/small-vit.ts";
import type { Distance } from "../distance.ts";
import { fittedQuantizer, levelUse } from "../level-use.ts";
import { observeModel, type Observations } from "../observe-model.ts";
import { rankParts } from "../rank-parts.ts";
import type { SoftmaxOccupancy } from "../softmax-occupancy.ts";
import { splitError } from "../split-error.ts";
import { applyChange, type Diagnosis, type Finding } from "./finding.ts";
import { findingRules, findingsOf } from "./index.ts";

const request = { recipe: "min-max", weightBits: 4, activationBits: 4, levels: "strict" } as const;
const nothing: Diagnosis = { request, observations: null, split: null, rankings: [] };
const empty: Observations = { layers: [], ranges: [], softmax: [], gelu: [], residual: [], maps: [], imageCount: 4 };

const at = (klDivergence: number, agreement = 0.5): Distance => ({ klDivergence, logitSqnrDb: 10, agreement });
const idsOf = (findings: readonly Finding[]) => findings.map(({ id }) => id);

function softmaxOf(scheme: string): SoftmaxOccupancy {
  const normal = seededNormal(4);
  // Mostly small, as attention over many tokens is.
  const values = histogramOf(
    Float32Array.from({ length: 5000 }, () => Math.min(1, Math.exp(1.4 * normal() - 5))),
    4,
  );
  const usedBy = (name: string) => {
    const found = levelUse(values, fittedQuantizer(name, 4, 0, 1));
    if (found === null) throw new Error("no table");
    return found;
  };
  const others = (["uniform", "log2", "log-sqrt2"] as const).map((name) => ({ name, ...usedBy(name) }));
  return { name: "blocks.3.attn.matmul2", block: 3, values, bits: 4, current: usedBy(scheme), others };
}

describe("findings", () => {
  it("say nothing where nothing was measured", () => {
    expect(findingsOf(nothing)).toEqual([]);
    expect(findingsOf({ ...nothing, observations: empty })).toEqual([]);
  });

  it("tell weights from activations, by what each costs alone", () => {
    const split = { neither: at(0), weights: at(0.5), activations: at(0.1), both: at(0.6), imageCount: 4 };
    const [weights] = findingsOf({ ...nothing, split });
    expect(weights).toMatchObject({ id: "weights-dominate", severity: "high", change: { request: { recipe: "erq" } } });
    expect(weights.sentence).toContain("0.500");
    const solved = findingsOf({ ...nothing, request: { ...request, recipe: "gptq" }, split });
    expect(solved[0].change?.request).toEqual({ weightBits: 6 });
    const other = { ...split, weights: split.activations, activations: split.weights };
    expect(findingsOf({ ...nothing, split: other })[0]).toMatchObject({
      id: "activations-dominate",
      change: { request: { recipe: "repq-vit" } },
    });
    expect(findingsOf({ ...nothing, split: { ...split, activations: at(0.4) } })).toEqual([]);
    expect(idsOf(findingsOf({ ...nothing, split: { ...split, neither: at(0.3) } }))).toContain("weights-already-rounded");
    const fine = { neither: at(0), weights: at(0.001), activations: at(0.004), both: at(0.005, 1), imageCount: 4 };
    expect(idsOf(findingsOf({ ...nothing, split: fine }))).toEqual(["hardly-any-loss"]);
  });

  it("name wasted softmax levels, and none where the codes fit", () => {
    const [finding] = findingsOf({ ...nothing, observations: { ...empty, softmax: [softmaxOf("uniform")] } });
    expect(finding).toMatchObject({
      id: "softmax-levels-wasted",
      place: "blocks.3.attn.matmul2",
      change: { request: { recipe: "repq-vit" } },
    });
    expect(finding.sentence).toMatch(/of block 3 use \d+ of 16 uniform levels/);
    expect(idsOf(findingsOf({ ...nothing, observations: { ...empty, softmax: [softmaxOf("log-sqrt2")] } }))).not.toContain(
      "softmax-levels-wasted",
    );
  });

  it("name the layer that dominates a ranking, as bits of that layer alone", () => {
    const part = (name: string, kl: number) => ({ name, nodes: [name], block: 0, distance: at(kl) });
    const ranking = { kind: "layer", mode: "only", start: at(0), imageCount: 4 } as const;
    const parts = [part("blocks.0.attn.matmul2", 0.3), part("blocks.0.mlp.fc1", 0.1), part("head", 0.1)];
    const [finding] = findingsOf({ ...nothing, rankings: [{ ...ranking, parts }] });
    expect(finding).toMatchObject({
      id: "layer-dominates",
      severity: "high",
      change: { request: { layerBits: { "blocks.0.attn.matmul2": { activations: 8 } } } },
    });
    expect(
      findingsOf({ ...nothing, rankings: [{ ...ranking, parts: parts.slice(1).concat(part("x", 0.1), part("y", 0.1), part("z", 0.1)) }] }),
    ).toEqual([]);
    const left = {
      kind: "role",
      mode: "without",
      start: at(0.4),
      imageCount: 4,
      parts: [part("blocks.0.mlp.fc2", 0.1), part("head", 0.4)],
    } as const;
    expect(findingsOf({ ...nothing, rankings: [left] })[0]).toMatchObject({
      id: "leaving-out-helps",
      change: { request: { layerBits: { "blocks.0.mlp.fc2": { weights: 8, activations: 8 } } } },
    });
  });

  it("come from a real model worst first, with ids that are listed and changes that can be made", async () => {
    const model = await diagnosedSmallVit({ recipe: "min-max", weightBits: 3, activationBits: 3 });
    const diagnosis: Diagnosis = {
      request: { ...request, weightBits: 3, activationBits: 3 },
      observations: await observeModel(model),
      split: await splitError(model),
      rankings: [await rankParts(model, "layer", "only"), await rankParts(model, "role", "without")],
    };
    const findings = findingsOf(diagnosis);
    expect(findings.length).toBeGreaterThan(1);
    const listed = findingRules.flatMap(({ ids }) => ids);
    const order = ["high", "medium", "low"];
    expect(findings.map(({ severity }) => severity)).toEqual(
      findings.map(({ severity }) => severity).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    );
    for (const { id, change } of findings) {
      expect(listed).toContain(id);
      if (change === null) continue;
      const changed = applyChange(diagnosis.request, change);
      expect(isRecipeName(changed.recipe)).toBe(true);
      const source = tensorSource(smallImages(8, 21), model.float.inputShape, "calibration");
      await expect(quantizeModels(model.runNode, model.float, source, [changed])).resolves.toHaveLength(1);
    }
  });
});

describe("applyChange", () => {
  it("writes bits of layers as rules before those that are there, and the same again changes nothing", () => {
    const behind = { where: ["*"], bits: 6 };
    const before = { ...request, rules: [{ where: ["a"], role: ["weight" as const], bits: 3 }, behind] };
    const change = { label: "", request: { layerBits: { a: { weights: 8 }, c: { weights: 8, activations: 8 } } } };
    const after = applyChange(before, change);
    expect(after).toEqual({ ...request, rules: [{ where: ["a"], role: ["weight"], bits: 8 }, { where: ["c"], bits: 8 }, behind] });
    expect(applyChange(after, change)).toEqual(after);
    expect(applyChange(before, { label: "", request: { recipe: "erq" } })).toEqual({ ...before, recipe: "erq" });
  });
});
