import type { Split } from "../../runner/data/choose-images.ts";
import type { Engine } from "../../runner/engine.ts";
import { withoutQuantizers, type OpenModel } from "../../runner/open-model.ts";
import { runSweep } from "../../runner/sweep/sweep.ts";
import type { Graph } from "../../graph/graph.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import type { SweepAsk, SweepNews } from "./diagnosis-api.ts";
import { evaluationLabels, heldSource, type HeldImage } from "./lab-images.ts";

export interface LabSweep {
  readonly engine: Engine;
  readonly model: OpenModel;
  readonly graph: Graph;
  readonly images: Split<HeldImage>;
  readonly ask: SweepAsk;
  readonly onNews: (news: SweepNews) => void | Promise<void>;
  readonly job: Job;
}

/** Every contestant at every bit setting on the page's images; rows are told as they finish. */
export async function labSweep({ engine, model, graph, images, ask, onNews, job }: LabSweep): Promise<void> {
  if (model.quantization !== null) {
    throw new InputError("ALREADY_QUANTIZED", {
      what: "The open model is already quantized.",
      why: "A sweep quantizes the float model again and again.",
      next: "Open the float model.",
    });
  }
  const adapter = await engine.adapter();
  const { preprocessing } = model.card;
  await runSweep({
    float: withoutQuantizers(graph),
    contestants: ask.contestants,
    bits: ask.bits,
    known: ask.known,
    calibration: heldSource(images.calibration, preprocessing),
    images: heldSource(images.evaluation, preprocessing),
    labels: evaluationLabels(images),
    runNode: engine.runNode,
    open: (quantized, isFloat) => engine.open(quantized, isFloat),
    onFloat: (float) => onNews({ float: { ...float, adapter } }),
    onRow: (row) => onNews({ row }),
    job,
  });
}
