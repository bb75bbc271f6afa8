import { expect, test } from "vitest";
import { randomPixels, randomVit } from "../testing/random-vit.ts";
import { createCpuExecutor } from "./cpu-executor.ts";
import { makePlan } from "./make-plan.ts";
import type { Plan } from "./plan.ts";

const planOf = (
  depth: number,
  prologue: "none" | "fused" | readonly string[],
  taps: readonly string[] = [],
  precision: "f32" | "f16" = "f32",
): Plan =>
  makePlan(randomVit({ image: 8, patch: 4, dim: 8, heads: 2, mlp: 16, depth, classes: 3, seed: 1 }), {
    mode: "float",
    images: 2,
    execution: "f32",
    attention: "rows",
    gemm: { byShape: {}, otherwise: "share33", ...(typeof prologue === "string" ? {} : { prologues: prologue }) },
    taps,
    constants: new Map(),
    ...(typeof prologue === "string" ? { prologue } : {}),
    precision,
  });
const kernelsOf = ({ steps }: Plan) => steps.map(({ kernel }) => kernel);

test("a 12-block ViT takes 62 dispatches: five a block, embedding, head", () => {
  expect(planOf(12, "none").steps).toHaveLength(88);
  const plan = planOf(12, "fused");
  expect(plan.steps).toHaveLength(62);
  expect(kernelsOf(plan)).not.toContain("layer-norm");
  for (const name of ["patch_embed.patches", "blocks.0.norm1"]) expect(Object.keys(plan.values)).not.toContain(name);
});

test("a layer that the tuner found faster in slices is a dispatch more, and nothing else is", () => {
  const deep = randomVit({ image: 8, patch: 4, dim: 8, heads: 2, mlp: 512, depth: 12, classes: 3, seed: 1 });
  const gemm = { byShape: { "f32 10x512x8": "split4" }, otherwise: "block8" } as const;
  const plan = makePlan(deep, { mode: "float", images: 2, execution: "f32", attention: "rows", taps: [], constants: new Map(), gemm });
  expect(plan.steps).toHaveLength(88 + 12);
  expect(kernelsOf(plan).filter((kernel) => kernel === "gemm-f32-combine")).toHaveLength(12);
});

test("where only some shapes are chosen, the others keep their norms", () => {
  // qkv: 5 tokens of 2 images, 8 channels in and 24 out.
  const plan = planOf(12, ["f32 10x8x24"]);
  expect(plan.steps).toHaveLength(88 - 12);
  expect(kernelsOf(plan).filter((kernel) => kernel === "layer-norm")).toHaveLength(13);
  expect(kernelsOf(plan).filter((kernel) => kernel === "gemm-norm-f32")).toHaveLength(12);
  expect(planOf(12, []).steps).toHaveLength(88);
});

test("the same words", async () => {
  const pixels = randomPixels(2, 8, 3).data;
  const [apart, joined] = await Promise.all(
    (["none", "fused"] as const).map((prologue) => createCpuExecutor(planOf(1, prologue), true).run({ pixels }, false)),
  );
  expect(joined.output).toEqual(apart.output);
});

test("a norm that is looked at stays a step, and so do those of a model in f16", () => {
  expect(kernelsOf(planOf(1, "fused", ["blocks.0.norm2"])).filter((kernel) => kernel === "layer-norm")).toHaveLength(1);
  const half = kernelsOf(planOf(1, "fused", [], "f16"));
  expect(half.filter((kernel) => kernel === "layer-norm-f16")).toHaveLength(3);
});
