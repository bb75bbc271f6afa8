/** Where a forward pass spends its time, and the way to the first one, as plain data. */
import { kernels } from "../../gpu/kernels/index.ts";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import { floorOf, percentOfFloor, type Floor } from "../tune/floor.ts";
import { operandBytes } from "../tune/operand-bytes.ts";
import { stepWork } from "../tune/step-work.ts";
import type { Constants } from "../../gpu/kernel.ts";
import { columnCount } from "../layout.ts";
import { arenaBytes, type FloatPrecision, type Plan, type Step } from "../plan.ts";
import { driftOf } from "./drift.ts";
import type { StepTimes } from "./time-recorded.ts";

export interface ProfileStep {
  /** The value that the step writes, named after its graph node. */
  readonly name: string;
  readonly kernel: string;
  /** Values of the kernel's constants: which variant runs. */
  readonly variant: Constants;
  /** "197x192x576" (M, K, N) of a product, "197x192" (rows, columns) of whatever else is written. Older profiles do not say it. */
  readonly shape?: string | undefined;
  readonly workgroups: readonly [number, number, number];
  readonly elapsedMs: number;
  /** Dispatches that the time is the mean of. */
  readonly repeats: number;
  /** Operations counted from the shapes: multiply-adds and packed dots, two for each pair. */
  readonly operations: number;
  readonly exponentials: number;
  /** Bytes of all operands and the result, each once. */
  readonly bytes: number;
  readonly operationsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Null without the adapter's roofline. */
  readonly floorMs: number | null;
  readonly floorBound: Floor["bound"] | null;
  readonly percentOfFloor: number | null;
}

/** From an open model to its first result: weights are packed and uploaded while pipelines compile. */
export interface ColdStart {
  /** Graph to plan. */
  readonly planMs: number;
  /** Until all weights were packed and uploaded. */
  readonly weightsMs: number;
  /** Until all pipelines were compiled; beside the weights, not after them. */
  readonly compileMs: number;
  /** Pipelines that were not known from an earlier run on the device: with none the start was no cold one. */
  readonly pipelinesCompiled: number;
  readonly firstRunMs: number;
  readonly totalMs: number;
}

/** Whole forwards as they run: pixels written, one submit, logits read. */
export interface WarmForwards {
  readonly runs: number;
  readonly medianMs: number;
  readonly lowestMs: number;
  readonly highestMs: number;
  /** Median of the last quarter of the runs over that of the first, less one: a processor that slows down or warms up. null for fewer than 8 runs. */
  readonly drift?: number | null | undefined;
}

export interface Profile {
  readonly model: string;
  readonly mode: Plan["mode"];
  /** Storage of a float model; absent: f32. */
  readonly precision?: FloatPrecision | undefined;
  readonly images: number;
  /** "timestamps": the GPU's clock. "wall": seen from the CPU, each step with the cost of a submit in it; `clockNote` says so. */
  readonly clock: StepTimes["clock"];
  readonly clockNote: string | null;
  readonly isSoftware: boolean;
  readonly steps: readonly ProfileStep[];
  /** Submits of a forward; older profiles do not say it. */
  readonly submits?: number | undefined;
  /** Steps by themselves, added up. */
  readonly sumMs: number;
  readonly cold: ColdStart;
  readonly warm: WarmForwards;
  /** Bytes of weights and tables, and of the arena of activations, on the device. */
  readonly memory: { readonly weightBytes: number; readonly arenaBytes: number };
  readonly kernels: readonly KernelShare[];
}

/** What all steps of a kernel take together. */
export interface KernelShare {
  readonly kernel: string;
  readonly count: number;
  readonly elapsedMs: number;
  /** Of `sumMs`. */
  readonly percent: number;
}

export const WALL_CLOCK_NOTE =
  "This device has no timestamp queries: each step was timed from the CPU, with the cost of a submit in it. Compare steps, do not add them up.";

export interface ProfileFacts {
  readonly isSoftware: boolean;
  readonly cold: ColdStart;
  /** Of each warm forward. */
  readonly warmMs: readonly number[];
  readonly weightBytes: number;
  readonly submits: number;
  readonly roofline: Roofline | null;
}

/** Put together what was measured and what can be counted. Throws when the times are not those of the plan. */
export function profileOf(
  plan: Plan,
  times: StepTimes,
  { isSoftware, cold, warmMs, weightBytes, submits, roofline }: ProfileFacts,
): Profile {
  if (times.steps.length !== plan.steps.length) throw new Error(`internal: ${times.steps.length} times for ${plan.steps.length} steps`);
  const steps = plan.steps.map((step, index): ProfileStep => {
    const { seconds, repeats } = times.steps[index];
    const work = stepWork(step, (operand) => operandBytes(plan, operand));
    const floor = roofline ? floorOf(work, roofline) : null;
    const operations = work.fma + work.packedDot;
    // A clock's grain may make it 0: then no rate is known.
    const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
    return {
      name: step.output,
      kernel: step.kernel,
      variant: step.constants,
      shape: shapeOf(plan, step),
      workgroups: kernels[step.kernel].workgroups(step.params, step.constants),
      elapsedMs: 1e3 * seconds,
      repeats,
      operations,
      exponentials: work.exp2,
      bytes: work.bytes,
      operationsPerSecond: perSecond(operations),
      bytesPerSecond: perSecond(work.bytes),
      floorMs: floor ? 1e3 * floor.seconds : null,
      floorBound: floor?.bound ?? null,
      percentOfFloor: floor && seconds > 0 ? percentOfFloor(seconds, floor) : null,
    };
  });
  const sumMs = steps.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const { name: model, mode, images } = plan;
  const clockNote = times.clock === "wall" ? WALL_CLOCK_NOTE : null;
  return {
    model,
    mode,
    images,
    clock: times.clock,
    clockNote,
    isSoftware,
    steps,
    submits,
    sumMs,
    cold,
    warm: warmOf(warmMs),
    memory: { weightBytes, arenaBytes: arenaBytes(plan) },
    kernels: sharesOf(steps, sumMs),
  };
}

function shapeOf({ values, images }: Plan, { params: { rows, depth4, columns4 }, output }: Step): string {
  if (depth4 !== undefined && columns4 !== undefined) return `${rows}x${4 * depth4}x${4 * columns4}`;
  const { layout } = values[output];
  return `${images * layout.rows}x${columnCount(layout)}`;
}

function warmOf(warmMs: readonly number[]): WarmForwards {
  const sorted = [...warmMs].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  return {
    runs: sorted.length,
    medianMs: at(sorted.length >> 1),
    lowestMs: at(0),
    highestMs: at(sorted.length - 1),
    drift: driftOf(warmMs),
  };
}

function sharesOf(steps: readonly ProfileStep[], sumMs: number): KernelShare[] {
  const names = [...new Set(steps.map(({ kernel }) => kernel))];
  const shares = names.map((kernel) => {
    const own = steps.filter((step) => step.kernel === kernel);
    const elapsedMs = own.reduce((sum, step) => sum + step.elapsedMs, 0);
    return { kernel, count: own.length, elapsedMs, percent: sumMs > 0 ? (100 * elapsedMs) / sumMs : 0 };
  });
  return shares.sort((a, b) => b.elapsedMs - a.elapsedMs);
}
