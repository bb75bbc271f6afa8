import type { Graph } from "../../graph/graph.ts";
import { refuseIncomparable } from "../../runner/comparable-models.ts";
import { compareFloats } from "../../runner/compare-floats.ts";
import type { Split } from "../../runner/data/choose-images.ts";
import type { Engine } from "../../runner/engine.ts";
import { withoutQuantizers, type OpenModel } from "../../runner/open-model.ts";
import { twinNotes } from "../../runner/twin-notes.ts";
import type { Job } from "../../tensor/progress.ts";
import type { LabTwin } from "./lab-api.ts";
import { evaluationLabels, heldSource, type HeldImage } from "./lab-images.ts";

/** What two float models are compared with; the other one's weights are read here and let go of after. */
export interface TwinRun {
  readonly engine: Engine;
  readonly reference: { readonly model: OpenModel; readonly graph: Graph; readonly images: Split<HeldImage> };
  readonly other: { readonly model: OpenModel; readonly images: readonly HeldImage[] };
  readonly job: Job;
}

export async function compareTwin({ engine, reference, other, job }: TwinRun): Promise<LabTwin> {
  const { card } = reference.model;
  refuseIncomparable(card, other.model.card);
  const { evaluation } = reference.images;
  const found = await compareFloats({
    engine,
    reference: { graph: withoutQuantizers(reference.graph), images: heldSource(evaluation, card.preprocessing) },
    other: { graph: withoutQuantizers(await other.model.build(job)), images: heldSource(other.images, other.model.card.preprocessing) },
    labels: evaluationLabels(reference.images),
    output: card.output,
    runtime: navigator.userAgent,
    job,
  });
  return { ...found, reference: card.name, other: other.model.card.name, notes: twinNotes(reference.model, other.model) };
}
