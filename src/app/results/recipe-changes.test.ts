import { expect, it } from "vitest";
import type { LayerError } from "../../runner/comparison.ts";
import type { LabSide, LevelSite } from "../worker/lab-api.ts";
import { recipeChanges } from "./recipe-changes.ts";

const CLASSES = 2;
/** Four images that the float model calls class 0; [4, 2]. */
const floatLogits = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0);

/** `classesNow`: what the quantized model calls each image. */
function side(classesNow: readonly number[], more: Partial<LabSide> = {}): LabSide {
  const quantizedLogits = Float32Array.from(classesNow.flatMap((c) => (c === 0 ? [1, 0] : [0, 1])));
  return { classes: CLASSES, floatLogits, quantizedLogits, quality: {}, layers: [], sites: [], ...more } as unknown as LabSide;
}

function site(title: string, block: number, scheme: string, part: LevelSite["part"] = null): LevelSite {
  return { id: `${title} ${block}`, block, title, scheme, bits: 4, part, entries: 1 };
}

function layer(role: string, block: number, sqnrDb: number): LayerError {
  return { name: `blocks.${block}.${role}`, block, role, sqnrDb, cosine: 1 };
}

it("counts what the other loses, what is kept of it, and what is lost anew", () => {
  const found = recipeChanges(side([0, 0, 1, 1]), side([1, 0, 1, 0]));
  expect(found.predictions).toEqual({ total: 4, otherLost: 2, rescued: 1, newlyLost: 1 });
  const features = { quality: { features: { cosine: 1 } } } as unknown as Partial<LabSide>;
  expect(recipeChanges(side([0, 0, 0, 0], features), side([0, 0, 0, 0])).predictions).toBeNull();
});

it("names the kinds of tensors whose levels differ, and leaves out those that are the same", () => {
  const [input, scores] = [site("GELU output", 0, "uniform"), site("attention scores", 0, "uniform")];
  const now = [input, site("attention probabilities", 0, "log √2"), site("attention probabilities", 1, "log √2"), scores];
  const other = [input, site("attention probabilities", 0, "uniform"), site("attention probabilities", 1, "uniform", "head")];
  expect(recipeChanges(side([0], { sites: now }), side([0], { sites: other })).levels).toEqual([
    { title: "attention probabilities", count: 2, now: "4-bit log √2", other: "4-bit uniform or 4-bit uniform, one grid per head" },
    { title: "attention scores", count: 1, now: "4-bit uniform", other: null },
  ]);
});

it("finds the kind of layer that gains most, by medians, and none where all lose", () => {
  const now = [layer("softmax", 0, 12), layer("softmax", 1, 14), layer("softmax", 2, 30), layer("fc1", 0, 20), layer("exact", 0, Infinity)];
  const other = [layer("softmax", 0, 6), layer("softmax", 1, 9), layer("softmax", 2, 10), layer("fc1", 0, 19), layer("exact", 0, 5)];
  const [better, worse] = [side([0], { layers: now }), side([0], { layers: other })];
  expect(recipeChanges(better, worse).clearest).toEqual({ role: "softmax", sqnrDb: 14, otherDb: 9 });
  expect(recipeChanges(worse, better).clearest).toBeNull();
});
