import { expect, test } from "vitest";
import type { Graph } from "../../graph/graph.ts";
import { nodeGpu } from "../../testing/node-gpu-bundle.ts";
import { quantizeByRange } from "../../testing/quantize-by-range.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { makePlan } from "../make-plan.ts";
import type { FloatPrecision, IntegerExecution, Plan, PlanMode } from "../plan.ts";
import { createGpuSession } from "../session.ts";
import { productOf, rungsOf, shapeKey, type GemmChoices, type RungName } from "./gemm-rungs.ts";
import { tuneBudgetMs, tuneGemm } from "./tune-gemm.ts";

// fc2 has a K of 512: long enough for slices.
const IMAGE = 8;
const float = randomVit({ image: IMAGE, patch: 4, dim: 8, heads: 2, mlp: 512, depth: 1, classes: 3, seed: 1 });
const images = randomPixels(2, IMAGE, 3);

function planOf(graph: Graph, mode: PlanMode, execution: IntegerExecution, precision: FloatPrecision = "f32"): Plan {
  return makePlan(graph, { mode, images: 2, execution, precision, attention: "unfused", taps: [], constants: new Map() });
}

const shapesOf = (plan: Plan) => [...new Set(plan.steps.filter((step) => productOf(step) !== null).map(shapeKey))].sort();

test("every shape gets the rung that was fastest; a software adapter tries none with barriers", async () => {
  const gpu = await nodeGpu();
  const plan = planOf(float, "float", "f32");
  const { choices, timings, prologues, complete } = await tuneGemm(gpu, plan, { budgetMs: 60_000, joins: true });
  expect(complete).toBe(true);
  expect(Object.keys(choices.byShape).sort()).toEqual(shapesOf(plan));
  for (const [shape, rung] of Object.entries(choices.byShape)) {
    const measured = timings.filter((each) => each.shape === shape);
    expect(measured.length).toBeGreaterThan(1);
    expect(measured.find((each) => each.rung === rung)?.elapsedMs).toBe(Math.min(...measured.map(({ elapsedMs }) => elapsedMs)));
  }
  // Patches, qkv, fc1 and the head read what a prologue could compute.
  expect(prologues.map(({ shape }) => shape).sort()).toEqual(["f32 10x8x24", "f32 10x8x512", "f32 2x8x4", "f32 8x48x8"]);
  expect(choices.prologues).toEqual(prologues.filter(({ jointMs, apartMs }) => jointMs < apartMs).map(({ shape }) => shape));
  for (const { jointMs, apartMs } of prologues) expect(Math.min(jointMs, apartMs)).toBeGreaterThan(0);
  if (gpu.isSoftware) expect(timings.filter(({ rung }) => rung.startsWith("tile"))).toEqual([]);
  expect(JSON.parse(JSON.stringify(choices))).toEqual(choices);
});

test("the time is bounded, and what is known is not measured again", async () => {
  const gpu = await nodeGpu();
  const plan = planOf(float, "float", "f32");
  const first = await tuneGemm(gpu, plan, { budgetMs: 0 });
  expect(first.complete).toBe(false);
  expect(Object.keys(first.choices.byShape)).toHaveLength(1);
  const rest = await tuneGemm(gpu, plan, { budgetMs: 60_000, known: first });
  expect(rest.complete).toBe(true);
  expect(rest.timings.slice(0, first.timings.length)).toEqual(first.timings);
  const again = await tuneGemm(gpu, plan, { budgetMs: 60_000, known: rest });
  expect(again.timings).toEqual(rest.timings);
  expect([again.prologues, again.choices]).toEqual([rest.prologues, rest.choices]);
  expect(tuneBudgetMs({ ...gpu, isSoftware: false })).toBeLessThanOrEqual(1000);
});

test("it stops when cancelled", async () => {
  const job = { signal: AbortSignal.abort() };
  await expect(tuneGemm(await nodeGpu(), planOf(float, "float", "f32"), { budgetMs: 0 }, job)).rejects.toMatchObject({
    name: "AbortError",
  });
});

/** The logits with every layer on `rung` that can be, and how many steps are. */
async function runOn(graph: Graph, mode: PlanMode, execution: IntegerExecution, rung: RungName, precision?: FloatPrecision) {
  const plan = planOf(graph, mode, execution, precision);
  const able = plan.steps.filter((step) => rungsOf(step, mode).includes(rung));
  const gemm: GemmChoices = { byShape: Object.fromEntries(able.map((step) => [shapeKey(step), rung])), otherwise: "block8" };
  const session = createGpuSession(await nodeGpu(), graph, { mode, execution, gemm, ...(precision ? { precision } : {}) });
  try {
    return { layers: able.length, logits: (await session.run(images)).logits.data };
  } finally {
    session.destroy();
  }
}

test.each(["share33", "tile16x32", "subgroup"] as const)("a float model on %s has the bits of the foot of the ladder", async (rung) => {
  const foot = await runOn(float, "float", "f32", "block8");
  const { layers, logits } = await runOn(float, "float", "f32", rung);
  expect(layers).toBe(6);
  expect(logits).toEqual(foot.logits);
});

test.each(["share33", "subgroup"] as const)("a model in f16 on %s has the bits of the foot of the ladder", async (rung) => {
  const foot = await runOn(float, "float", "f32", "block8", "f16");
  const { layers, logits } = await runOn(float, "float", "f32", rung, "f16");
  expect(layers).toBe(6);
  expect(logits).toEqual(foot.logits);
});

test("a model in f16 with K in slices is as near as f16 is", async () => {
  const foot = await runOn(float, "float", "f32", "block8", "f16");
  const { layers, logits } = await runOn(float, "float", "f32", "split4", "f16");
  expect(layers).toBe(1);
  const largest = Math.max(...foot.logits.map(Math.abs));
  logits.forEach((logit, i) => expect(Math.abs(logit - foot.logits[i])).toBeLessThan(2e-3 * largest));
});

test.each([
  { execution: "f32", rung: "share33" },
  { execution: "f32", rung: "subgroup" },
  { execution: "f32", rung: "split4" },
  { execution: "dot", rung: "tile16x16" },
  { execution: "dot", rung: "subgroup" },
  { execution: "dot", rung: "split4" },
] as const)("an integer model on $rung ($execution) has the bits of the foot of the ladder", async ({ execution, rung }) => {
  const graph = quantizeByRange(float, images, { weightBits: 4, activationBits: 4, probabilities: "log2" });
  const foot = await runOn(graph, "integer", execution, "block8");
  const { layers, logits } = await runOn(graph, "integer", execution, rung);
  expect(layers).toBeGreaterThan(0);
  expect(logits).toEqual(foot.logits);
});
