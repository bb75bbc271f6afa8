/** Which rung runs each linear layer of a plan fastest on this adapter: measured, as plain data. */
import { canRun } from "../../gpu/can-run.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Kernel } from "../../gpu/kernel.ts";
import { kernels } from "../../gpu/kernels/index.ts";
import { allCompiled, pipelineFor } from "../../gpu/pipelines.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { halvesFault } from "../check-halves.ts";
import { prologueOf } from "../fuse-prologues.ts";
import { layoutBytes } from "../layout.ts";
import type { Plan, Step } from "../plan.ts";
import { operandBytes } from "./operand-bytes.ts";
import { defaultChoices, gemmRungs, placeOnRung, productOf, rungsOf, shapeKey, type GemmChoices, type RungName } from "./gemm-rungs.ts";
import type { Placed } from "./slice-step.ts";
import { timeSteps } from "./time-steps.ts";

export interface RungTiming {
  /** By `shapeKey()`. */
  readonly shape: string;
  readonly rung: RungName;
  /** Milliseconds of one layer. */
  readonly elapsedMs: number;
}

/** A linear layer with the normalization before it: as one dispatch, and apart with the layer on its fastest rung. */
export interface PrologueTiming {
  readonly shape: string;
  readonly jointMs: number;
  readonly apartMs: number;
}

/** What was measured and what follows from it; may be shown, stored and read back. */
export interface GemmTuning {
  readonly choices: GemmChoices;
  readonly timings: readonly RungTiming[];
  readonly prologues: readonly PrologueTiming[];
  /** Of measuring, which the budget bounds. */
  readonly elapsedMs: number;
  /** Of compiling the kernels that were tried, before it: once for each on a device. */
  readonly compileMs?: number | undefined;
  /** False when the time was up before every shape was measured: the others run on the default. */
  readonly complete: boolean;
}

export interface TuneOptions {
  /** Milliseconds after which no further shape is begun. */
  readonly budgetMs: number;
  /** What is known already: shapes in it are not measured again. */
  readonly known?: GemmTuning;
  /** Whether layers are tried with the normalization before them. Default: not on a software adapter, where compiling them takes longer than they can win. */
  readonly joins?: boolean;
}

/** For the shapes and the roofline together: enough for a ViT on a GPU, and bounded where a dispatch takes as long as everything on one. */
export function tuneBudgetMs(gpu: Gpu): number {
  return gpu.isSoftware ? 4000 : 1000;
}

/**
 * Measure the rungs of each shape in `plan`, the costliest shapes first. `plan` must be made without choices: its linear layers at the foot of the ladder.
 * On a software adapter rungs with barriers are left out, since they are known to lose by a factor of ten. Throws the AbortError of `job.signal`.
 */
export async function tuneGemm(
  gpu: Gpu,
  plan: Plan,
  { budgetMs, known, joins = !gpu.isSoftware }: TuneOptions,
  job: Job = {},
): Promise<GemmTuning> {
  const startMs = performance.now();
  const { otherwise } = defaultChoices(gpu);
  const byShape: Record<string, RungName> = { ...known?.choices.byShape };
  const timings: RungTiming[] = [...(known?.timings ?? [])];
  const prologues: PrologueTiming[] = [...(known?.prologues ?? [])];
  const shapes = unknownShapes(plan, byShape);
  // Side by side, as long as it takes: the budget is for measuring.
  const candidates = new Map<Step, { readonly rungs: readonly RungName[]; readonly joint: ReturnType<typeof prologueOf> }>();
  for (const step of shapes)
    candidates.set(step, { rungs: await candidatesOf(gpu, step, plan), joint: joins ? jointForm(gpu, step, plan) : null });
  const compiling = new Set(
    [...candidates].flatMap(([step, { rungs, joint }]) => {
      const steps = rungs.flatMap((rung) => placeOnRung(step, rung, plan.images).steps);
      return [...steps, ...(joint ? [joint.first, joint.both] : [])].map(({ kernel, constants }) =>
        pipelineFor(gpu.device, kernels[kernel], constants),
      );
    }),
  );
  await allCompiled(compiling, job);
  const measuringMs = performance.now();
  let done = 0;
  for (const [step, { rungs, joint }] of candidates) {
    throwIfCancelled(job);
    job.onProgress?.({ stage: "measuring kernels", done, total: shapes.length });
    if (done > 0 && performance.now() - measuringMs > budgetMs) break;
    const shape = shapeKey(step);
    const measured: RungTiming[] = [];
    for (const rung of rungs) measured.push({ shape, rung, elapsedMs: await timePlaced(gpu, plan, placeOnRung(step, rung, plan.images)) });
    timings.push(...measured);
    const best = measured.reduce((least, each) => (each.elapsedMs < least.elapsedMs ? each : least));
    byShape[shape] = best.rung;
    if (joint) {
      const apart = placeOnRung(step, best.rung, plan.images);
      const jointMs = await timePlaced(gpu, plan, { steps: [joint.both] });
      const apartMs = await timePlaced(gpu, plan, { ...apart, steps: [joint.first, ...apart.steps] });
      prologues.push({ shape, jointMs, apartMs });
    }
    done++;
  }
  const complete = done === shapes.length;
  const paying = prologues.filter(({ jointMs, apartMs }) => jointMs < apartMs).map(({ shape }) => shape);
  const elapsedMs = performance.now() - measuringMs;
  return { choices: { byShape, otherwise, prologues: paying }, timings, prologues, elapsedMs, compileMs: measuringMs - startMs, complete };
}

/** The layer with the step before it in one kernel, where the plan has them and this adapter runs it well. */
function jointForm(gpu: Gpu, step: Step, plan: Plan): ReturnType<typeof prologueOf> {
  const found = prologueOf(step, plan.steps);
  return found && runsWell(gpu, kernels[found.both.kernel]) ? found : null;
}

const timePlaced = (gpu: Gpu, plan: Plan, { steps, scratch }: Placed) =>
  timeSteps(gpu, steps, (operand) =>
    scratch && "value" in operand && operand.value === scratch.name
      ? layoutBytes(scratch.layout, plan.images)
      : operandBytes(plan, operand),
  );

/** One step of each shape that is not in `byShape`, by how much all its layers multiply. */
export function unknownShapes(plan: Plan, byShape: GemmChoices["byShape"]): readonly Step[] {
  const found = new Map<string, { step: Step; work: number }>();
  for (const step of plan.steps) {
    const shape = shapeKey(step);
    if (productOf(step) === null || shape in byShape) continue;
    const { rows, columns4, depth4 } = step.params;
    const work = (found.get(shape)?.work ?? 0) + rows * columns4 * depth4;
    found.set(shape, { step, work });
  }
  return [...found.values()].sort((a, b) => b.work - a.work).map(({ step }) => step);
}

/** The rungs that this adapter runs well and, beside the foot of the ladder, right: kernels on f16 must pass their cases here. */
async function candidatesOf(gpu: Gpu, step: Step, { mode, images }: Plan): Promise<readonly RungName[]> {
  const found: RungName[] = [];
  for (const rung of rungsOf(step, mode).filter((name) => isCandidate(gpu, step, name))) {
    const { steps } = placeOnRung(step, rung, images);
    const faults = await Promise.all(steps.filter(({ kernel }) => kernel !== step.kernel).map((placed) => halvesFault(gpu, placed)));
    if (faults.every((fault) => fault === null)) found.push(rung);
  }
  return found;
}

function isCandidate(gpu: Gpu, step: Step, name: RungName): boolean {
  const product = productOf(step);
  const rung = product === null ? undefined : gemmRungs[product][name];
  return rung !== undefined && rung.kernels.every((kernel) => runsWell(gpu, kernels[kernel]));
}

function runsWell(gpu: Gpu, kernel: Kernel): boolean {
  return canRun(gpu, kernel) && !(gpu.isSoftware && kernel.barriers);
}
