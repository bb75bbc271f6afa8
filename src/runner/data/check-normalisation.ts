/**
 * Whether a model was given its images in the scale that it was trained on: the float model runs on a few images under each usual mean and standard deviation.
 * A wrong pair rarely breaks a network, it only makes it worse and less sure, so nothing else would tell.
 */
import type { Graph } from "../../graph/graph.ts";
import { outputName } from "../../graph/graph.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { metrics } from "../../metrics/index.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { elementCount, tensor } from "../../tensor/tensor.ts";
import type { ImageSource } from "../image-source.ts";
import { sameColours, USUAL_COLOURS, type Colours } from "./usual-colours.ts";
import type { Running } from "../sweep/sweep.ts";

export interface NormalisationTrial extends Colours {
  readonly name: string;
  /** What the model's files say, or what is assumed for its family. */
  readonly isCurrent: boolean;
  /** Mean probability of the predicted class. */
  readonly confidence: number;
  /** null without labels. */
  readonly accuracy: number | null;
}

export interface NormalisationCheck {
  readonly imageCount: number;
  /** The current one first. */
  readonly trials: readonly NormalisationTrial[];
  /** Index of a trial that does clearly better than the current one; null where the current one holds. */
  readonly better: number | null;
}

/** Shares by which another trial must do better: of the images, or of the mean probability where there are no labels. */
const CLEARLY = { accuracy: 0.15, confidence: 0.1 } as const;

export interface NormalisationRequest {
  readonly float: Graph;
  readonly preprocessing: Preprocessing;
  /** The images under a preprocessing. */
  readonly source: (preprocessing: Preprocessing) => ImageSource;
  readonly labels: Int32Array | null;
  readonly open: () => Promise<Running>;
  readonly job?: Job | undefined;
}

export async function checkNormalisation(request: NormalisationRequest): Promise<NormalisationCheck> {
  const { float, preprocessing, labels, job } = request;
  const classes = elementCount(float.shapes[outputName(float)]);
  const same = (colours: Colours) => sameColours(colours, preprocessing);
  const known = USUAL_COLOURS.find(same);
  const current = { name: known?.name ?? "as the model says", mean: preprocessing.mean, std: preprocessing.std };
  const candidates = [current, ...USUAL_COLOURS.filter((one) => !same(one))];
  const trials: NormalisationTrial[] = [];
  const session = await request.open();
  let imageCount = 0;
  try {
    for (const [index, { name, mean, std }] of candidates.entries()) {
      throwIfCancelled(job);
      job?.onProgress?.({ stage: `normalised by ${name}`, done: index, total: candidates.length });
      const images = request.source({ ...preprocessing, mean, std });
      imageCount = images.count;
      const { logits } = await session.run(await images.batch(0, images.count), [], { signal: job?.signal });
      const scores = tensor([images.count, classes], logits.data);
      trials.push({
        name,
        mean,
        std,
        isCurrent: index === 0,
        confidence: confidenceOf(scores.data, classes),
        accuracy: labels && metrics.top1Accuracy.measure(scores, scores, labels),
      });
    }
  } finally {
    session.destroy();
  }
  return { imageCount, trials, better: betterTrial(trials) };
}

/** By accuracy where there are labels, else by how sure the model is. */
export function betterTrial(trials: readonly NormalisationTrial[]): number | null {
  const current = trials.find(({ isCurrent }) => isCurrent);
  if (current === undefined) return null;
  const gains = trials.map(({ accuracy, confidence }) =>
    accuracy !== null && current.accuracy !== null
      ? (accuracy - current.accuracy) / CLEARLY.accuracy
      : (confidence - current.confidence) / CLEARLY.confidence,
  );
  const best = gains.indexOf(Math.max(...gains));
  return gains[best] >= 1 ? best : null;
}

/** logits [rows, classes], row-major */
function confidenceOf(logits: Float32Array, classes: number): number {
  let sum = 0;
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const most = row.reduce((a, b) => Math.max(a, b));
    sum += 1 / row.reduce((total, value) => total + Math.exp(value - most), 0);
  }
  return (sum * classes) / logits.length;
}
