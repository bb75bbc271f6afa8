/** Made-up diagnoses: the gallery's data where a plot draws it, computed from seeded values where a quantizer must fit. Nothing here is a measurement. */
import { attention, layers, probabilities, ranges, ranking, residual, split, tokens } from "../gallery/fixtures.ts";
import { histogramOf } from "../../quant/observers/histogram.ts";
import type { AttentionMaps } from "../../runner/diagnose/attention-maps.ts";
import type { GeluTail } from "../../runner/diagnose/gelu-tail.ts";
import { fittedQuantizer, levelUse } from "../../runner/diagnose/level-use.ts";
import type { Observations } from "../../runner/diagnose/observe-model.ts";
import type { SoftmaxOccupancy } from "../../runner/diagnose/softmax-occupancy.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";
import { seededNormal } from "../../tensor/random.ts";
import type { DiagnosisAsk, DiagnosisPart } from "../worker/diagnosis-api.ts";
import { DEPTH } from "./fake-data.ts";

export function fakeDiagnosis(ask: DiagnosisAsk): DiagnosisPart {
  if (ask.part === "split") return { part: "split", split };
  if (ask.part === "ranking") return { part: "ranking", ranking: { ...ranking(ask.mode), kind: ask.kind } };
  return { part: "observations", observations: fakeObservations() };
}

function fakeObservations(): Observations {
  const blocks = Array.from({ length: DEPTH }, (_, block) => block);
  return {
    layers: layers.map(({ name, block, role, sqnrDb }) => ({
      name,
      block,
      role,
      cumulativeDb: sqnrDb,
      isolatedDb: role.startsWith("norm") ? null : sqnrDb + 9,
    })),
    ranges: blocks.flatMap((block) =>
      ["attn.qkv", "mlp.fc1"].map((role) => ({
        name: `blocks.${block}.${role}`,
        block,
        role,
        before: ranges(false),
        after: ranges(true),
        bits: 4,
        levelsBefore: 2.1,
        levelsAfter: 13.2,
        spreadBefore: 8.6,
        spreadAfter: 1.1,
      })),
    ),
    softmax: blocks.map(fakeOccupancy),
    gelu: blocks.map(fakeGelu),
    residual,
    maps: blocks.map((block) => ({ ...tokens, block, name: `blocks.${block}.add2`, massive: 0 })),
    imageCount: 4,
  };
}

function fakeOccupancy(block: number): SoftmaxOccupancy {
  const { centres, counts } = histogramOf(probabilities, 4);
  const values = { centres, counts };
  const others = (["uniform", "log2", "log-sqrt2"] as const).flatMap((name) => {
    const use = levelUse(values, fittedQuantizer(name, 4, 0, 1));
    return use === null ? [] : [{ name, ...use }];
  });
  const current = levelUse(values, fittedQuantizer(block % 2 === 0 ? "log-sqrt2" : "uniform", 4, 0, 1));
  return { name: `blocks.${block}.attn.matmul2`, block, values, current, bits: 4, others };
}

function fakeGelu(block: number): GeluTail {
  const normal = seededNormal(block + 50);
  const x = Float32Array.from({ length: 4000 }, () => {
    const value = 1.5 * normal() - 1;
    return value / (1 + Math.exp(-1.702 * value));
  });
  const { centres, counts, low, high } = histogramOf(x, 4);
  const values = { centres, counts };
  const use = levelUse(values, fittedQuantizer("uniform", 4, low, high));
  const negative = x.filter((value) => value < 0).length / x.length;
  return {
    name: `blocks.${block}.mlp.fc2`,
    block,
    values,
    bits: 4,
    use,
    negativeShare: negative,
    negativeLevels: 1,
    low,
    high,
    percentile999: high * 0.9,
  };
}

export function fakeAttention(image: number): AttentionMaps {
  const pairOf = (block: number, head: number) => ({
    float: attention.float.map((_, i) => attention.float[(i + 3 * head + 8 * block + image) % 64] ?? 0),
    quantized: attention.quantized.map((_, i) => attention.quantized[(i + 3 * head + 8 * block + image) % 64] ?? 0),
  });
  return {
    gridHeight: 8,
    gridWidth: 8,
    query: "class token",
    blocks: Array.from({ length: DEPTH }, (_, block) => ({ block, heads: [0, 1, 2, 3].map((head) => pairOf(block, head)) })),
    rollout: pairOf(0, 0),
  };
}

export function fakeRow(recipe: string, label: string, bits: string): SweepRow {
  const [weightBits = 4, activationBits = 4] = bits.split("/").map(Number);
  const error = (recipe === "min-max" ? 1.2 : 0.3) * 4 ** (4 - activationBits) * 2 ** (4 - weightBits);
  return {
    recipe,
    label,
    bits,
    effectiveWeightBits: weightBits,
    effectiveActivationBits: activationBits,
    quantizedBytes: 150_000 + (6_501_936 * weightBits) / 32,
    quality: {
      imageCount: 32,
      top1Agreement: Math.max(0.1, 1 - error / 2),
      top1AccuracyFloat: 0.97,
      top1AccuracyQuantized: Math.max(0.1, 0.97 - error / 2),
      logitSqnrDb: 12 - 10 * Math.log10(error),
      logitCosine: 0.98,
      klDivergence: error,
    },
    executor: "integer",
    executorNote: null,
    calibrationMs: 2100,
    sharedBy: 1,
    calibrationImages: 32,
    elapsedMs: 640,
  };
}
