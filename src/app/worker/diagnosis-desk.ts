/** Answers questions about the models of the last run: where their error comes from, and what attention looks at. */
import type { Graph } from "../../graph/graph.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { attentionMaps, type AttentionMaps } from "../../runner/diagnose/attention-maps.ts";
import type { DiagnosedModel } from "../../runner/diagnose/diagnosed-model.ts";
import { observeModel } from "../../runner/diagnose/observe-model.ts";
import { rankParts } from "../../runner/diagnose/rank-parts.ts";
import { splitError } from "../../runner/diagnose/split-error.ts";
import type { Engine } from "../../runner/engine.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import type { AttentionRequest, DiagnoseRequest, DiagnosisPart, HeldModel } from "./diagnosis-api.ts";
import { heldSource, type HeldImage } from "./lab-images.ts";

/** The models of one run, and the images that they were compared on. */
export interface DiagnosedRun {
  readonly id: string;
  readonly float: Graph;
  readonly main: Graph;
  readonly baseline: Graph | null;
  readonly images: readonly HeldImage[];
  readonly preprocessing: Preprocessing;
}

export interface DiagnosisDesk {
  /** Forgets the run before. */
  hold(run: DiagnosedRun): void;
  diagnose(request: DiagnoseRequest, job: Job): Promise<DiagnosisPart>;
  attention(request: AttentionRequest, job: Job): Promise<AttentionMaps | null>;
}

export function createDiagnosisDesk(openLab: () => Promise<Engine>): DiagnosisDesk {
  let held: DiagnosedRun | null = null;

  /** The model on evaluation images. */
  async function modelOn({ comparison, side }: HeldModel, indices: readonly number[], job: Job): Promise<DiagnosedModel> {
    const quantized = side === "main" ? held?.main : held?.baseline;
    if (held === null || held.id !== comparison || !quantized) throw runGone();
    const { float, images, preprocessing } = held;
    const source = heldSource(
      indices.map((index) => images[index]),
      preprocessing,
    );
    const { runNode } = await openLab();
    return { float, quantized, images: await source.batch(0, source.count), runNode, job };
  }

  return {
    hold(run) {
      held = run;
    },
    async diagnose(request, job) {
      const model = await modelOn(request, request.images, job);
      const { ask } = request;
      if (ask.part === "observations") return { part: "observations", observations: await observeModel(model) };
      if (ask.part === "split") return { part: "split", split: await splitError(model) };
      return { part: "ranking", ranking: await rankParts(model, ask.kind, ask.mode) };
    },
    async attention(request, job) {
      return attentionMaps(await modelOn(request, [request.image], job));
    },
  };
}

/** Somebody asks about a run that another has followed. */
export function runGone(): InputError {
  return new InputError("RUN_GONE", {
    what: "The models of this comparison are not there any more.",
    why: "The engine holds the models of its last run only.",
    next: "Quantize and compare again, then look into it.",
  });
}
