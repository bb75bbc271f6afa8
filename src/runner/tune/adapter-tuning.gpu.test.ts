import { expect, test } from "vitest";
import { nodeGpu } from "../../testing/node-gpu-bundle.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { openEngine } from "../engine.ts";
import { tuneAdapter, type TunedModel } from "./adapter-tuning.ts";
import type { GemmChoices } from "./gemm-rungs.ts";

const graph = randomVit({ image: 8, patch: 4, dim: 8, depth: 1, heads: 2, mlp: 512, classes: 3, seed: 1 });
const model: TunedModel = { graph, mode: "float", execution: "f32", batches: [1, 2] };

test("shapes of every batch size and the roofline are measured once; the engine runs the model with what was chosen", async () => {
  const gpu = await nodeGpu();
  const tuning = await tuneAdapter(gpu, model, { budgetMs: 60_000 });
  const shapes = Object.keys(tuning.gemm.choices.byShape);
  expect(tuning.gemm.complete).toBe(true);
  // 5 tokens an image: qkv of 1 and of 2 images.
  expect(shapes).toEqual(expect.arrayContaining(["f32 5x8x24", "f32 10x8x24"]));
  expect(tuning.roofline.fmaPerSecond).toBeGreaterThan(0);
  expect(tuning.roofline.isSoftware).toBe(gpu.isSoftware);
  const again = await tuneAdapter(gpu, model, { known: tuning });
  expect(again.gemm.timings).toEqual(tuning.gemm.timings);
  expect(again.roofline).toEqual(tuning.roofline);

  // Choices that no adapter would make by default reach the plan.
  const byShape = Object.fromEntries(shapes.map((shape) => [shape, "tile16x16" as const]));
  const withChoices = (choices: GemmChoices) => ({ ...tuning, gemm: { ...tuning.gemm, choices } });
  const made = withChoices({ byShape, otherwise: "block8" });
  const joint = withChoices({ byShape, otherwise: "block8", prologues: shapes });
  const kernelsOf = async (tuned: typeof tuning | undefined) => {
    const engine = await openEngine(
      () => Promise.resolve(gpu),
      "integer",
      () => Promise.resolve(tuned),
    );
    const { session } = await engine.open(graph, true);
    const plan = await session.prepare(2);
    if (!plan) throw new Error("no plan");
    const { logits } = await session.run(randomPixels(2, 8, 3));
    session.destroy();
    return {
      dispatches: plan.steps.length,
      kernels: new Set(plan.steps.map(({ kernel }) => kernel)),
      logits: logits.data,
      adapter: await engine.adapter(),
    };
  };
  const [usual, tiled] = [await kernelsOf(undefined), await kernelsOf(made)];
  expect([usual.kernels.has("gemm-f32-tiled"), tiled.kernels.has("gemm-f32-tiled")]).toEqual([false, true]);
  expect(tiled.logits).toEqual(usual.logits);
  const joined = await kernelsOf(joint);
  expect(joined.dispatches).toBe(usual.dispatches - 4);
  expect(joined.kernels.has("layer-norm")).toBe(false);
  expect(joined.logits).toEqual(usual.logits);
  expect([usual.adapter.tunedShapes, tiled.adapter.tunedShapes]).toEqual([0, shapes.length]);
});

test("it stops when cancelled", async () => {
  const job = { signal: AbortSignal.abort() };
  await expect(tuneAdapter(await nodeGpu(), model, {}, job)).rejects.toMatchObject({ name: "AbortError" });
});
