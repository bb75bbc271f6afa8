import { describe, expect, it } from "vitest";
import type { Comparison, LayerError, QuantizeRequest } from "../runner/comparison.ts";
import { findLossSite, placeName } from "./results/loss-site.ts";
import { verdictOf } from "./verdict.ts";

const CLASSES = 3;

function layer(name: string, block: number | null, role: string, sqnrDb: number): LayerError {
  return { name, block, role, sqnrDb, cosine: 1 };
}

/** `kept` of `total` images keep class 0; the others go to class 1. */
function comparison(recipe: string, kept: number, total: number, layers: readonly LayerError[] = []): Comparison {
  const request: QuantizeRequest = { recipe, weightBits: 4, activationBits: 4, levels: "strict" };
  const floatLogits = new Float32Array(total * CLASSES);
  const quantizedLogits = new Float32Array(total * CLASSES);
  for (let row = 0; row < total; row++) {
    floatLogits[row * CLASSES] = 1;
    quantizedLogits[row * CLASSES + (row < kept ? 0 : 1)] = 1;
  }
  return {
    request,
    executor: "integer",
    executorNote: null,
    // Deliberately wrong: the sentence must count from the logits.
    quality: {
      imageCount: total,
      top1Agreement: 0,
      top1AccuracyFloat: null,
      top1AccuracyQuantized: null,
      logitSqnrDb: 0,
      logitCosine: 0,
      klDivergence: 0,
    },
    layers,
    layerImageCount: total,
    size: { floatBytes: 1, quantizedBytes: 1 },
    perf: { floatMs: 1, quantizedMs: 1, calibrationMs: 1, imageCount: total },
    env: {
      adapter: { vendor: "", architecture: "", device: "", description: "", isSoftware: true, integerExecution: null, tunedShapes: 0 },
      runtime: "test",
      deviceLosses: 0,
    },
    floatLogits,
    quantizedLogits,
    classes: CLASSES,
  };
}

const labelOf = (recipe: string): string => (recipe === "repq-vit" ? "RepQ-ViT" : recipe);

// Noise at the end of blocks 0..2: 0.001, 0.002, 0.011 of the signal: block 2 adds 0.009 of 0.011.
const LAYERS = [
  layer("patch_embed", null, "patch_embed", 50),
  layer("blocks.0.attn.softmax", 0, "attn.softmax", 25),
  layer("blocks.0.mlp.fc2", 0, "mlp.fc2", 30),
  layer("blocks.1.attn.softmax", 1, "attn.softmax", 9),
  layer("blocks.1.mlp.fc2", 1, "mlp.fc2", -10 * Math.log10(0.002)),
  layer("blocks.2.attn.softmax", 2, "attn.softmax", 12),
  layer("blocks.2.mlp.fc2", 2, "mlp.fc2", -10 * Math.log10(0.011)),
];

describe("findLossSite", () => {
  it("names the block where noise grows most, and inside it the weakest tap", () => {
    const site = findLossSite(LAYERS);
    expect(site?.layer.name).toBe("blocks.2.attn.softmax");
    expect(site?.share).toBeCloseTo(0.009 / 0.011, 10);
  });
  it("claims no share without blocks", () => {
    const site = findLossSite([layer("norm", null, "norm", 20), layer("head", null, "head", 10)]);
    expect(site).toEqual({ layer: layer("head", null, "head", 10), share: null });
  });
  it("finds nothing in an exact run", () => {
    expect(findLossSite([layer("blocks.0.mlp.fc2", 0, "mlp.fc2", Infinity)])).toBeNull();
    expect(findLossSite([])).toBeNull();
  });
  it("ignores taps whose error is undefined", () => {
    const silent = layer("blocks.0.attn.softmax", 0, "attn.softmax", NaN);
    expect(findLossSite([silent, layer("blocks.0.mlp.fc2", 0, "mlp.fc2", 8)])?.layer.name).toBe("blocks.0.mlp.fc2");
  });
  it("writes places as people say them", () => {
    expect(placeName(layer("blocks.3.attn.softmax", 3, "attn.softmax", 0))).toBe("block 3, softmax");
    expect(placeName(layer("blocks.0.attn.matmul2", 0, "attn.matmul2", 0))).toBe("block 0, attention output");
    expect(placeName(layer("head", null, "head", 0))).toBe("head");
  });
});

describe("verdictOf", () => {
  it("compares recipe and baseline, and says where the rest is lost", () => {
    const verdict = verdictOf({ main: comparison("repq-vit", 29, 32, LAYERS), baseline: comparison("min-max", 11, 32) }, labelOf);
    expect(verdict).toEqual({
      sentence: "min-max W4A4 keeps 11 of 32 predictions, RepQ-ViT keeps 29; most of the rest is lost at block 2, softmax.",
      kept: 29,
      baselineKept: 11,
      total: 32,
    });
  });
  it("gives the share when no block has most of it", () => {
    // Noise 0.010, 0.025, 0.035: block 1 adds 0.015 of 0.035.
    const even = [0.01, 0.025, 0.035].map((noise, block) => layer(`blocks.${block}.mlp.fc2`, block, "mlp.fc2", -10 * Math.log10(noise)));
    const verdict = verdictOf({ main: comparison("repq-vit", 2, 4, even), baseline: null }, labelOf);
    expect(verdict.sentence).toBe("RepQ-ViT W4A4 keeps 2 of 4 predictions; the largest part of the rest (43 %) is lost at block 1, fc2.");
  });
  it("says where error enters when no prediction was lost", () => {
    const verdict = verdictOf({ main: comparison("repq-vit", 4, 4, LAYERS), baseline: comparison("min-max", 0, 4) }, labelOf);
    expect(verdict.sentence).toBe(
      "min-max W4A4 keeps none of 4 predictions, RepQ-ViT keeps all; most of what error is left enters at block 2, softmax.",
    );
  });
  it("does not hide that a recipe is worse than the baseline, or equal to it", () => {
    expect(verdictOf({ main: comparison("repq-vit", 1, 4), baseline: comparison("min-max", 3, 4) }, labelOf).sentence).toBe(
      "min-max W4A4 keeps 3 of 4 predictions, RepQ-ViT keeps only 1.",
    );
    expect(verdictOf({ main: comparison("repq-vit", 4, 4), baseline: comparison("min-max", 4, 4) }, labelOf).sentence).toBe(
      "min-max W4A4 keeps all 4 predictions, RepQ-ViT just as many.",
    );
  });
  it("survives one image and no image", () => {
    expect(verdictOf({ main: comparison("min-max", 0, 1), baseline: null }, labelOf).sentence).toBe(
      "min-max W4A4 keeps none of 1 prediction.",
    );
    expect(verdictOf({ main: comparison("min-max", 0, 0), baseline: null }, labelOf).sentence).toBe("min-max W4A4 ran on no image.");
  });
});
