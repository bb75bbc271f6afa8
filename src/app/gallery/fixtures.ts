/** Made-up data for the gallery and for snapshots: seeded, so the same picture every time. Nothing here is a measurement. */
import { histogramOf } from "../../quant/observers/histogram.ts";
import type { MapPair } from "../../runner/diagnose/attention-maps.ts";
import type { Ranges } from "../../runner/diagnose/channel-ranges.ts";
import type { Distance } from "../../runner/diagnose/distance.ts";
import { codebookOf, fittedQuantizer } from "../../runner/diagnose/level-use.ts";
import type { RankedPart, Ranking, RankMode } from "../../runner/diagnose/rank-parts.ts";
import { tokenChannelMap, type ResidualStep } from "../../runner/diagnose/residual-stream.ts";
import type { ErrorSplit } from "../../runner/diagnose/split-error.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";
import { seededNormal } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { MarginSide } from "../figures/margin-chart.tsx";
import type { BitCell, BitGrid } from "../results/bit-grid.ts";
import { errorMap } from "../results/error-map.ts";
import { paretoView } from "../results/pareto-points.ts";
import type { ScatterPoint } from "../results/scatter-points.ts";
import { fakeProfile, fakeTuning } from "../testing/fake-bench.ts";
import { fakeLayers } from "../testing/fake-data.ts";

const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" } as const;

export const layers = fakeLayers(request);
export const otherLayers = fakeLayers({ ...request, recipe: "min-max" });
export const map = errorMap(layers);

const at = (klDivergence: number, logitSqnrDb: number, agreement: number): Distance => ({ klDivergence, logitSqnrDb, agreement });

export const split: ErrorSplit = {
  neither: at(0, Infinity, 1),
  weights: at(0.041, 21.4, 0.97),
  activations: at(0.512, 9.8, 0.72),
  both: at(0.566, 9.1, 0.69),
  imageCount: 4,
};

export function ranking(mode: RankMode): Ranking {
  const names = ["blocks.3.attn.matmul2", "blocks.3.mlp.fc2", "blocks.7.mlp.fc2", "blocks.0.attn.qkv", "blocks.5.attn.proj", "head"];
  const parts = names.map((name, i): RankedPart => {
    const cost = 0.21 / (1 + i) ** 1.4;
    const kl = mode === "only" ? cost : 0.566 - (i === 5 ? -0.01 : 0.9 * cost);
    return { name, nodes: [name], block: 3, distance: at(kl, 12 + 3 * i, 0.9) };
  });
  return { kind: "layer", mode, parts, start: mode === "only" ? at(0, Infinity, 1) : at(0.566, 9.1, 0.69), imageCount: 4 };
}

export function ranges(isEqualized: boolean): Ranges {
  const normal = seededNormal(8);
  const low = new Float32Array(96);
  const high = new Float32Array(96);
  for (let c = 0; c < low.length; c++) {
    const size = isEqualized ? 2.4 + 0.15 * normal() : Math.exp(0.5 * normal()) * (c % 31 === 7 ? 9 : 1);
    const centre = isEqualized ? 0 : 0.4 * normal() * size;
    low[c] = centre - size;
    high[c] = centre + size;
  }
  return { low, high };
}

export const probabilities = (() => {
  const normal = seededNormal(4);
  return Float32Array.from({ length: 5000 }, () => Math.min(1, Math.exp(1.4 * normal() - 4.5)));
})();

export function levels(scheme: string): {
  histogram: ReturnType<typeof histogramOf>;
  codebook: NonNullable<ReturnType<typeof codebookOf>>;
} {
  const codebook = codebookOf(fittedQuantizer(scheme, 4, 0, 1));
  if (codebook === null) throw new Error(`internal: ${scheme} has no table`);
  return { histogram: histogramOf(probabilities, 4), codebook };
}

export const tokens = (() => {
  const [images, count, channels] = [2, 65, 144];
  const normal = seededNormal(12);
  const x = tensor(
    [images, count, channels],
    Float32Array.from({ length: images * count * channels }, (_, i) => normal() * (i % channels === 40 ? 9 : 1)),
  );
  x.data[17 * channels + 101] = 240;
  x.data[88] = -31;
  return tokenChannelMap("blocks.5.add2", 5, x);
})();

export const residual: readonly ResidualStep[] = Array.from({ length: 16 }, (_, i) => ({
  name: `blocks.${i >> 1}.add${1 + (i % 2)}`,
  block: i >> 1,
  rms: 0.8 * 1.16 ** i,
  largest: 6 * 1.31 ** i,
  errorRms: 0.02 * 1.33 ** i,
}));

export function marginSides(): readonly MarginSide[] {
  const normal = seededNormal(3);
  const side = (label: string, keep: number, noise: number): MarginSide => ({
    label,
    margins: Array.from({ length: 32 }, (_, image) => {
      const float = 0.2 + (image * 7) / 32;
      const quantized = float * keep + noise * normal();
      return { image, classIndex: image % 12, float, quantized, isFlip: quantized < 0 };
    }),
  });
  return [side("RepQ-ViT", 0.93, 0.5), side("min-max", 0.4, 1.6)];
}

export const logits: readonly ScatterPoint[] = (() => {
  const normal = seededNormal(7);
  return Array.from({ length: 240 }, (_, i): ScatterPoint => {
    const [image, classIndex] = [Math.floor(i / 12), i % 12];
    const isBest = classIndex === image % 12;
    const float = normal() + (isBest ? 5 : 0);
    const quantized = float + 0.4 * normal();
    return { image, classIndex, float, quantized, kind: isBest ? (image % 9 === 0 ? "flipped" : "kept") : "other" };
  });
})();

const gpu = { vendor: "", architecture: "", device: "", description: "", isSoftware: false, integerExecution: null, tunedShapes: 0 };
const tuned = fakeTuning(false);
export const profile = fakeProfile({ model: "float", images: 1 }, gpu, tuned, 1);
export const { roofline } = tuned;

export const pareto = (() => {
  const recipes = [
    ["min-max", "min-max", 3],
    ["repq-vit", "RepQ-ViT", 1],
    ["erq", "ERQ", 0.6],
  ] as const;
  const settings = [
    ["8/8", 8, 0.002],
    ["6/6", 6, 0.02],
    ["4/8", 4, 0.05],
    ["4/4", 4.1, 0.4],
    ["3/3", 3, 1.6],
  ] as const;
  const rows = recipes.flatMap(([recipe, label, factor]) =>
    settings.map(([bits, weightBits, error]): SweepRow => ({
      recipe,
      label,
      bits,
      effectiveWeightBits: weightBits,
      quantizedBytes: 150_000 + (6_501_936 * weightBits) / 32 + 4000 * factor,
      quality: {
        imageCount: 32,
        top1Agreement: Math.max(0.1, 1 - 0.4 * error * factor),
        top1AccuracyFloat: null,
        top1AccuracyQuantized: null,
        logitSqnrDb: 20,
        logitCosine: 0.99,
        klDivergence: error * factor,
      },
      executor: "integer",
      executorNote: null,
      calibrationMs: 2000,
      sharedBy: 5,
      calibrationImages: 32,
      elapsedMs: 300 + 40 * weightBits,
    })),
  );
  return paretoView(rows, { floatBytes: 6_501_936, floatMs: 812 }, "bytes");
})();

export const attention: MapPair = (() => {
  const normal = seededNormal(5);
  const float = Float32Array.from({ length: 64 }, (_, i) => Math.exp(-(((i % 8) - 5) ** 2 + (Math.floor(i / 8) - 2) ** 2) / 6) / 14);
  return { float, quantized: float.map((value) => Math.max(0, value * (1 + 0.3 * normal()) + 0.004 * normal())) };
})();

const BIT_ROWS = ["qkv input", "qkv weights", "q and k", "softmax", "v", "fc2 input", "fc2 weights"];

/** A softmax row with more bits from block 4 on, one cell left in float, and a block without a last layer. */
export const bits: BitGrid = {
  rows: BIT_ROWS,
  columns: ["0", "1", "2", "3", "4", "5", "6", "7"],
  cells: BIT_ROWS.map((row, r) =>
    Array.from({ length: 8 }, (_, block): BitCell | null => {
      if (r === 6 && block === 7) return null;
      const isChanged = r === 3 && block >= 4;
      const count = r === 0 && block === 0 ? null : isChanged ? 8 : 2 + ((r + block) % 5);
      return {
        layer: `blocks.${block}.${row}`,
        sites: ["input"],
        bits: count,
        isChanged,
        text: `blocks.${block}.${row}: ${count ?? "float"}`,
      };
    }),
  ),
};
