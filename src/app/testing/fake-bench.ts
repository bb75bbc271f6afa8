/** A made-up profile and tuning: counted from a real plan, with times that are invented. Nothing here is a measurement. */
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import { randomVit } from "../../models/random-vit.ts";
import type { AdapterDescription } from "../../runner/comparison.ts";
import { makePlan } from "../../runner/make-plan.ts";
import { profileOf } from "../../runner/profile/profile.ts";
import { PROFILE_SCHEMA, type ProfileReport } from "../../runner/profile/profile-report.ts";
import type { AdapterTuning } from "../../runner/tune/adapter-tuning.ts";
import { floorOf } from "../../runner/tune/floor.ts";
import { operandBytes } from "../../runner/tune/operand-bytes.ts";
import { stepWork } from "../../runner/tune/step-work.ts";
import { seededNormal } from "../../tensor/random.ts";
import type { BenchRequest } from "../worker/bench-api.ts";

const graph = randomVit({ image: 64, patch: 8, dim: 128, depth: 8, heads: 4, mlp: 512, classes: 12, seed: 1 });

export function fakeRoofline(isSoftware: boolean): Roofline {
  return {
    fmaPerSecond: isSoftware ? 5.6e9 : 1.1e13,
    packedDotPerSecond: isSoftware ? 2e9 : 3.4e13,
    exp2PerSecond: isSoftware ? 3e8 : 1.2e12,
    readBytesPerSecond: isSoftware ? 8e8 : 3.6e11,
    barrierSeconds: 4e-9,
    dispatchSeconds: isSoftware ? 4e-5 : 4e-6,
    submitSeconds: 6e-5,
    readbackSeconds: 2e-4,
    elapsedMs: 640,
    isSoftware,
  };
}

export function fakeTuning(isSoftware: boolean): AdapterTuning {
  const shapes = ["f32 65x128x384", "f32 65x128x128", "f32 65x128x512", "f32 65x512x128"];
  const rungs = ["block8", "share33", ...(isSoftware ? [] : (["tile16x16", "tile16x32", "subgroup"] as const))] as const;
  const timings = shapes.flatMap((shape, i) =>
    rungs.map((rung, k) => ({ shape, rung, elapsedMs: (isSoftware ? 20 : 0.02) * (1 + i / 3) * (1 + Math.abs(k - 1 - (i % 2)) / 3) })),
  );
  const byShape = Object.fromEntries(
    shapes.map((shape) => [shape, timings.filter((one) => one.shape === shape).reduce((a, b) => (b.elapsedMs < a.elapsedMs ? b : a)).rung]),
  );
  return {
    gemm: {
      choices: { byShape, otherwise: isSoftware ? "share33" : "block8" },
      timings,
      prologues: isSoftware ? [] : [0, 2].map((i) => ({ shape: shapes[i], jointMs: 0.06 * (1 + i), apartMs: 0.05 })),
      elapsedMs: isSoftware ? 3900 : 310,
      complete: true,
    },
    roofline: fakeRoofline(isSoftware),
  };
}

/** `run`: another one of the same model has other times. */
export function fakeProfile(request: BenchRequest, adapter: AdapterDescription, tuning: AdapterTuning | null, run: number): ProfileReport {
  const { isSoftware } = adapter;
  const isFloat = request.model !== "quantized";
  const precision = request.model === "float16" ? "f16" : "f32";
  const gemm = tuning ? { gemm: tuning.gemm.choices } : {};
  const options = {
    mode: "float",
    execution: "f32",
    attention: isSoftware ? "rows" : "tile",
    precision,
    taps: [],
    constants: new Map(),
  } as const;
  const plan = makePlan(graph, { ...options, images: request.images, ...gemm });
  const normal = seededNormal(run);
  const steps = plan.steps.map((step) => {
    const floor = floorOf(
      stepWork(step, (operand) => operandBytes(plan, operand)),
      fakeRoofline(isSoftware),
    );
    return { seconds: floor.seconds * (1.6 + Math.abs(normal())) * (isFloat ? 1 : 0.7), repeats: 10 };
  });
  const sumMs = 1e3 * steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const cold = {
    planMs: 2,
    weightsMs: 24,
    compileMs: 180,
    pipelinesCompiled: run === 1 ? 9 : 0,
    firstRunMs: 2 * sumMs,
    totalMs: 185 + 2 * sumMs,
  };
  const warmMs = Array.from({ length: isSoftware ? 3 : 15 }, () => sumMs * (0.9 + 0.1 * Math.abs(normal())));
  const facts = { isSoftware, cold, warmMs, weightBytes: 6_530_048, submits: isSoftware ? 2 : 1, roofline: tuning?.roofline ?? null };
  return {
    schema: PROFILE_SCHEMA,
    ...profileOf(plan, { clock: isSoftware ? "wall" : "timestamps", steps }, facts),
    mode: isFloat ? "float" : "integer",
    ...(precision === "f16" ? { precision } : {}),
    roofline: facts.roofline,
    env: { adapter: { ...adapter, tunedShapes: Object.keys(tuning?.gemm.choices.byShape ?? {}).length }, runtime: "fake" },
    date: "2026-11-27T12:00:00.000Z",
  };
}
