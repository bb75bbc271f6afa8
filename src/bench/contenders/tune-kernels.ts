/** Our kernels as the engine's own tuner chooses them on this adapter, and what that took: what a user has who ran `lab tune` or pressed the button in Bench. */
import { openGpu, type Gpu } from "../../gpu/device.ts";
import { makePlan } from "../../runner/make-plan.ts";
import { packConstants } from "../../runner/pack-constants.ts";
import type { ConstantArray } from "../../runner/plan.ts";
import { attentionFormOf, maxImagesOf } from "../../runner/session.ts";
import type { TunedModel } from "../../runner/tune/adapter-tuning.ts";
import { defaultChoices, type GemmChoices } from "../../runner/tune/gemm-rungs.ts";
import { tuneBudgetMs, tuneGemm, type GemmTuning } from "../../runner/tune/tune-gemm.ts";
import type { Facts } from "./contender.ts";

export interface TunedKernels {
  readonly choices: GemmChoices;
  readonly facts: Facts;
}

/** On a device of its own, so that the tuner's buffers are not taken for the model's. */
export async function tuneKernels(
  gpu: GPU | undefined,
  model: Omit<TunedModel, "batches">,
  batches: readonly number[],
): Promise<TunedKernels> {
  const opened = await openGpu(gpu);
  try {
    const startMs = performance.now();
    const { choices, complete } = await tuneBatches(opened, model, submitSizes(batches, maxImagesOf(opened)));
    const tuningMs = Math.round(performance.now() - startMs);
    return {
      choices,
      facts: {
        tuningMs,
        tunedShapes: Object.keys(choices.byShape).length,
        tuningEnd: complete ? "every shape was measured" : "the tuner's time was up: the other shapes run on the default",
        tunedRungs: rungsText(choices),
      },
    };
  } finally {
    opened.device.destroy();
  }
}

/**
 * As `tuneAdapter()` goes through the batch sizes, but each with the tuner's whole budget, as if somebody had tuned for it alone, and without the roofline:
 * profiles need it, no kernel is chosen by it.
 */
async function tuneBatches(gpu: Gpu, { graph, ...form }: Omit<TunedModel, "batches">, sizes: readonly number[]): Promise<GemmTuning> {
  const constants = new Map<string, ConstantArray>();
  let known: GemmTuning = { choices: defaultChoices(gpu), timings: [], prologues: [], elapsedMs: 0, complete: true };
  for (const images of sizes) {
    const pending = new Map<string, () => ConstantArray>();
    const plan = makePlan(graph, { ...form, images, attention: attentionFormOf(gpu, form.mode), taps: [], constants, pending });
    await packConstants(constants, pending, undefined);
    const tuned = await tuneGemm(gpu, plan, { budgetMs: tuneBudgetMs(gpu), known });
    known = { ...tuned, complete: known.complete && tuned.complete };
  }
  return known;
}

/** Images per submit of runs of these batches: large ones run in pieces, and what is left over is a piece of its own. */
function submitSizes(batches: readonly number[], maxImages: number): number[] {
  const sizes = batches.flatMap((batch) => (batch <= maxImages ? [batch] : [maxImages, batch % maxImages]));
  return [...new Set(sizes)].filter((size) => size > 0);
}

/** "tile16x32: f32 197x192x576, f32 197x192x768; block8: f32 1x192x1000". */
function rungsText({ byShape, prologues = [] }: GemmChoices): string {
  const shapes = new Map<string, string[]>();
  for (const [shape, rung] of Object.entries(byShape)) {
    const name = prologues.includes(shape) ? "joined with the normalization" : rung;
    shapes.set(name, [...(shapes.get(name) ?? []), shape]);
  }
  return [...shapes].map(([rung, names]) => `${rung}: ${names.join(", ")}`).join("; ");
}
