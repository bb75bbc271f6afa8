/**
 * Every contestant at every bit setting on the same model and the same images, in one run. All settings of one contestant are calibrated in one walk (the float
 * path and its statistics are found once), rows are handed out as they finish, and rows of an earlier run of the same sweep are taken over.
 */
import { outputName, type Graph } from "../../graph/graph.ts";
import type { ModelCard } from "../../models/config.ts";
import type { LayerBits } from "../../quant/bits.ts";
import type { CalibrationInputs } from "../../quant/calibration-task.ts";
import type { LayerRule } from "../../quant/rules/layer-rule.ts";
import { refuseRules } from "../../quant/rules/refuse-rules.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { elementCount, type Tensor } from "../../tensor/tensor.ts";
import { effectiveBits } from "../effective-bits.ts";
import type { ExecutorName, Quality } from "../comparison.ts";
import type { ImageSource } from "../image-source.ts";
import { measureQuality } from "../measure-quality.ts";
import { packageBytes } from "../package-size.ts";
import { quantizeModels, recipeNamed } from "../quantize-model.ts";
import type { Session } from "../session.ts";
import { bitSettingName, type BitSetting } from "./bit-setting.ts";
import { cellName, contestantLabel, type Contestant } from "./contestant.ts";

export type Running = Pick<Session, "run" | "destroy">;

export interface SweepRequest {
  readonly float: Graph;
  /** Their rules are all checked before the first runs. */
  readonly contestants: readonly Contestant[];
  readonly bits: readonly BitSetting[];
  /** Exceptions by layer at every setting. */
  readonly layerBits?: LayerBits | undefined;
  readonly calibration: ImageSource;
  readonly images: ImageSource;
  /** Class index per image. */
  readonly labels: Int32Array | null;
  /** What the model gives; class scores when absent. */
  readonly output?: ModelCard["output"] | undefined;
  readonly runNode: CalibrationInputs["runNode"];
  /** Opens the float model or a quantized one. */
  open(graph: Graph, isFloat: boolean): Promise<{ session: Running; executor: ExecutorName; note: string | null }>;
  /** Rows of an earlier run. */
  readonly known?: readonly SweepRow[];
  /** The float model's own figures, before the first row. */
  readonly onFloat?: (float: Pick<Sweep, "floatBytes" | "floatMs" | "imageCount">) => void | Promise<void>;
  readonly onRow?: (row: SweepRow) => void | Promise<void>;
  readonly job?: Job | undefined;
}

/** One contestant at one bit setting. */
export interface SweepRow {
  readonly recipe: string;
  /** Absent: the recipe as it is. */
  readonly rules?: readonly LayerRule[];
  /** "RepQ-ViT", "RepQ-ViT, 2 rules". */
  readonly label: string;
  /** "4/8", "8/8/4": weights / activations / attention probabilities. */
  readonly bits: string;
  /** Mean over weights, and over activation elements read, of matrix products with weights. */
  readonly effectiveWeightBits: number;
  /** Reports of earlier versions lack it. */
  readonly effectiveActivationBits?: number;
  /** Of mixed precision, given or allocated. */
  readonly layerBits?: LayerBits;
  readonly quantizedBytes: number;
  readonly quality: Quality;
  readonly executor: ExecutorName;
  readonly executorNote: string | null;
  /** Time of the calibration walk, shared by `sharedBy` settings. */
  readonly calibrationMs: number;
  readonly sharedBy: number;
  readonly calibrationImages: number;
  readonly elapsedMs: number;
}

export interface Sweep {
  readonly rows: readonly SweepRow[];
  readonly floatBytes: number;
  readonly floatMs: number;
  readonly imageCount: number;
}

const BATCH = 8;

export async function runSweep(request: SweepRequest): Promise<Sweep> {
  const { float, contestants, bits, layerBits, images, labels, job } = request;
  for (const { recipe, rules = [] } of contestants) refuseRules(float, recipeNamed(recipe), rules);
  const known = new Map((request.known ?? []).map((row) => [cellName(row, row.bits), row]));
  const classes = elementCount(float.shapes[outputName(float)]);
  const cells = contestants.length * bits.length;
  const rows: SweepRow[] = [];
  const stage = (text: string) => job?.onProgress?.({ stage: text, done: rows.length, total: cells });

  const measured = await runFloat(request, stage);
  const { floatBytes } = packageBytes(float, float);
  await request.onFloat?.({ floatBytes, floatMs: measured.elapsedMs, imageCount: images.count });
  for (const contestant of contestants) {
    const { recipe, rules = [] } = contestant;
    const label = contestantLabel(recipeNamed(recipe).label, rules.length);
    const knownRow = (setting: BitSetting) => known.get(cellName(contestant, bitSettingName(setting)));
    const pending = bits.filter((setting) => knownRow(setting) === undefined);
    rows.push(...bits.flatMap((setting) => knownRow(setting) ?? []));
    if (pending.length === 0) continue;
    stage(`calibrating ${label}`);
    const quantizing = { signal: job?.signal, onProgress: (progress: { stage: string }) => stage(`${label}: ${progress.stage}`) };
    const requests = pending.map((setting) => ({ ...setting, recipe, layerBits, rules, levels: "strict" as const }));
    const models = await quantizeModels(request.runNode, float, request.calibration, requests, quantizing);
    for (const [index, model] of models.entries()) {
      const name = bitSettingName(pending[index]);
      const opened = await request.open(model.graph, false);
      const { logits, elapsedMs } = await evaluate(opened.session, images, classes, job, (done) =>
        stage(`${label} ${name}: image ${done} of ${images.count}`),
      );
      const effective = effectiveBits(model.graph);
      const row: SweepRow = {
        recipe,
        ...(rules.length > 0 ? { rules } : {}),
        label,
        bits: name,
        effectiveWeightBits: effective.weights,
        effectiveActivationBits: effective.activations,
        ...(model.report.layerBits ? { layerBits: model.report.layerBits } : {}),
        quantizedBytes: packageBytes(float, model.graph).quantizedBytes,
        quality: measureQuality(measured.logits, logits, images.count, classes, labels, request.output),
        executor: opened.executor,
        executorNote: opened.note,
        calibrationMs: model.calibrationMs,
        sharedBy: models.length,
        calibrationImages: model.report.imageCount,
        elapsedMs,
      };
      rows.push(row);
      await request.onRow?.(row);
    }
  }
  stage("swept");
  return { rows, floatBytes, floatMs: measured.elapsedMs, imageCount: images.count };
}

async function runFloat({ float, open, images, job }: SweepRequest, stage: (text: string) => void) {
  const classes = elementCount(float.shapes[outputName(float)]);
  const { session } = await open(float, true);
  return evaluate(session, images, classes, job, (done) => stage(`float model: image ${done} of ${images.count}`));
}

/** Logits of all images, and the time of the forwards alone. The session is closed. */
async function evaluate(session: Running, images: ImageSource, classes: number, job: Job | undefined, onDone: (done: number) => void) {
  const logits = new Float32Array(images.count * classes);
  let elapsedMs = 0;
  try {
    for (let start = 0; start < images.count; start += BATCH) {
      throwIfCancelled(job);
      onDone(start);
      const pixels: Tensor = await images.batch(start, Math.min(images.count, start + BATCH));
      const startMs = performance.now();
      logits.set((await session.run(pixels, [], { signal: job?.signal })).logits.data, start * classes);
      elapsedMs += performance.now() - startMs;
    }
  } finally {
    session.destroy();
  }
  return { logits, elapsedMs };
}
