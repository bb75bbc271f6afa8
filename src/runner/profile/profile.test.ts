import { expect, test } from "vitest";
import { randomVit } from "../../models/random-vit.ts";
import { makePlan } from "../make-plan.ts";
import { driftOf } from "./drift.ts";
import { profileOf } from "./profile.ts";
import { toTrace } from "./trace.ts";

const graph = randomVit({ image: 32, patch: 8, dim: 48, depth: 2, heads: 3, mlp: 96, classes: 10, seed: 1 });
const plan = makePlan(graph, { mode: "float", images: 1, execution: "f32", attention: "rows", taps: [], constants: new Map() });
const steps = plan.steps.map((_, index) => ({ seconds: 1e-3 * (index + 1), repeats: 1 }));
const roofline = {
  fmaPerSecond: 1e9,
  packedDotPerSecond: null,
  exp2PerSecond: 1e9,
  readBytesPerSecond: 1e12,
  barrierSeconds: 0,
  dispatchSeconds: 0,
  submitSeconds: 0,
  readbackSeconds: 0,
  elapsedMs: 1,
  isSoftware: false,
};
const cold = { planMs: 1, weightsMs: 20, compileMs: 30, pipelinesCompiled: 9, firstRunMs: 8, totalMs: 40 };
const facts = { isSoftware: false, cold, warmMs: [9, 5, 6, 4, 7], weightBytes: 1000, submits: 1, roofline };

test("rates are counts by times: fc1 of 17 x 48 x 96", () => {
  const profile = profileOf(plan, { clock: "timestamps", steps }, facts);
  const index = plan.steps.findIndex(({ output }) => output === "blocks.0.mlp.act");
  const step = profile.steps[index];
  expect(step.operations).toBe(2 * 17 * 48 * 96);
  expect(step.bytes).toBeGreaterThanOrEqual(4 * (17 * 48 + 17 * 96 + 48 * 96 + 96));
  expect(step.operationsPerSecond).toBeCloseTo(step.operations / steps[index].seconds, 3);
  // 157 k operations at 1 G a second, and the GELU's exponentials.
  const floorMs = 1e3 * ((2 * 17 * 48 * 96) / 1e9 + (17 * 96) / 1e9);
  expect(step.floorMs).toBeCloseTo(floorMs, 9);
  expect(step.percentOfFloor).toBeCloseTo((100 * floorMs) / step.elapsedMs, 6);
});

test("kernels' shares add up, and a wall clock says what it is", () => {
  const profile = profileOf(plan, { clock: "wall", steps }, { ...facts, roofline: null });
  expect(profile.kernels.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100, 9);
  expect(profile.kernels.reduce((sum, { count }) => sum + count, 0)).toBe(plan.steps.length);
  expect(profile.clockNote).toContain("no timestamp queries");
  expect(profile.steps.every(({ percentOfFloor, floorMs }) => percentOfFloor === null && floorMs === null)).toBe(true);
  expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
});

test("drift: the last quarter of the runs against the first, where there are enough", () => {
  expect(driftOf([1, 1, 5, 5, 5, 5, 2, 2])).toBe(1);
  expect(driftOf([4, 2, 2, 9, 9, 9, 9, 9, 9, 1, 1, 3])).toBe(-0.5);
  expect(driftOf([1, 2, 3, 4, 5, 6, 7])).toBeNull();
});

test("warm forwards by their median, memory of weights and arena", () => {
  const { warm, memory } = profileOf(plan, { clock: "timestamps", steps }, facts);
  expect(warm).toEqual({ runs: 5, medianMs: 6, lowestMs: 4, highestMs: 9, drift: null });
  expect(memory).toEqual({ weightBytes: 1000, arenaBytes: plan.slots.reduce((a, b) => a + b, 0) });
});

test("times of another plan are a fault", () => {
  expect(() => profileOf(plan, { clock: "wall", steps: steps.slice(1) }, facts)).toThrow("internal:");
});

test("a trace has every step once, end to end, inside its block", () => {
  const profile = profileOf(plan, { clock: "timestamps", steps }, facts);
  const { traceEvents } = toTrace(profile);
  const kernels = traceEvents.filter(({ ph, tid }) => ph === "X" && tid === 2);
  const blocks = traceEvents.filter(({ ph, tid }) => ph === "X" && tid === 1);
  expect(kernels).toHaveLength(plan.steps.length);
  const end = (event: { ts?: number; dur?: number }) => (event.ts ?? Number.NaN) + (event.dur ?? Number.NaN);
  kernels.slice(1).forEach((event, i) => expect(event.ts).toBeCloseTo(end(kernels[i]), 6));
  expect(blocks.map(({ name }) => name)).toContain("blocks.1");
  expect(blocks.reduce((sum, { dur = 0 }) => sum + dur, 0)).toBeCloseTo(1e3 * profile.sumMs, 6);
  for (const { ts, dur, name } of [...kernels, ...blocks]) {
    expect(ts, name).toBeGreaterThanOrEqual(0);
    expect(dur, name).toBeGreaterThan(0);
  }
});
