/** What an adapter is measured for: which kernels run a model's linear layers fastest, and what it can do at most. */
import type { Gpu } from "../../gpu/device.ts";
import { measureRoofline } from "../../gpu/roofline/measure-roofline.ts";
import type { Roofline } from "../../gpu/roofline/roofline.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Job } from "../../tensor/progress.ts";
import { prologueOf } from "../fuse-prologues.ts";
import { makePlan } from "../make-plan.ts";
import type { ConstantArray, FloatPrecision, IntegerExecution, PlanMode } from "../plan.ts";
import { attentionFormOf } from "../session.ts";
import { defaultChoices } from "./gemm-rungs.ts";
import { tuneBudgetMs, tuneGemm, unknownShapes, type GemmTuning } from "./tune-gemm.ts";

export interface AdapterTuning {
  readonly gemm: GemmTuning;
  readonly roofline: Roofline;
}

/** A model that will run, and how. */
export interface TunedModel {
  readonly graph: Graph;
  readonly mode: PlanMode;
  readonly execution: IntegerExecution;
  /** Storage of a float model; default f32. */
  readonly precision?: FloatPrecision;
  /** Images per submit that it will run with: each batch size has shapes of its own. */
  readonly batches: readonly number[];
}

export interface TuneOptions {
  /** What was measured before: it is not measured again. */
  readonly known?: AdapterTuning | undefined;
  /** Milliseconds, the roofline's among them, after which no further shape is begun; default: tuneBudgetMs(). Compiling is not in it. */
  readonly budgetMs?: number;
}

/** What the roofline leaves of the budget is at least this part of it. */
const LEAST_SHARE = 0.5;

/**
 * Measure the roofline where it is not known, then the shapes of `model` that are not, the costliest first, each batch size with its share of the budget.
 * Nothing else should run on the device meanwhile. Throws the AbortError of `job.signal`.
 */
export async function tuneAdapter(gpu: Gpu, model: TunedModel, options: TuneOptions = {}, job?: Job): Promise<AdapterTuning> {
  const { known, budgetMs = tuneBudgetMs(gpu) } = options;
  const { graph, batches, ...form } = model;
  const constants = new Map<string, ConstantArray>();
  const roofline = known?.roofline ?? (await measureRoofline(gpu, job));
  const leftMs = Math.max(LEAST_SHARE * budgetMs, budgetMs - (known ? 0 : roofline.elapsedMs));
  const before = known?.gemm;
  let gemm: GemmTuning = before ?? { choices: defaultChoices(gpu), timings: [], prologues: [], elapsedMs: 0, complete: true };
  let elapsedMs = before?.elapsedMs ?? 0;
  let compileMs = before?.compileMs ?? 0;
  let complete = true;
  for (const images of batches) {
    const pending = new Map<string, () => ConstantArray>();
    const plan = makePlan(graph, { ...form, images, attention: attentionFormOf(gpu, form.mode), taps: [], constants, pending });
    // Of the weights only those of the layers that are measured are packed.
    for (const step of unknownShapes(plan, gemm.choices.byShape)) {
      for (const operand of [...step.inputs, ...(prologueOf(step, plan.steps)?.both.inputs ?? [])]) {
        if ("value" in operand || constants.has(operand.constant)) continue;
        const build = pending.get(operand.constant);
        if (build) constants.set(operand.constant, build());
      }
    }
    gemm = await tuneGemm(gpu, plan, { budgetMs: leftMs / batches.length, known: gemm }, job);
    elapsedMs += gemm.elapsedMs;
    compileMs += gemm.compileMs ?? 0;
    complete &&= gemm.complete;
  }
  return { gemm: { ...gemm, elapsedMs, compileMs, complete }, roofline };
}
