/**
 * The range of every channel after a LayerNormalization, in the float model and as the quantizer finds it: the picture of what reparameterization does.
 * Channels whose range is a small part of the tensor's get few of its levels.
 */
import type { Graph } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { median } from "../../metrics/median.ts";
import { inFloatTerms } from "../layer-errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { sourceOf } from "./diagnosed-model.ts";
import type { Collector } from "./walk.ts";

export interface Ranges {
  /** [D] each. */
  readonly low: Float32Array<ArrayBuffer>;
  readonly high: Float32Array<ArrayBuffer>;
}

export interface ChannelRanges {
  /** The layer that reads it: "blocks.3.attn.qkv". */
  readonly name: string;
  readonly block: number | null;
  readonly role: string;
  /** In the float model. */
  readonly before: Ranges;
  /** As the quantizer reads it: after the recipe's factors were folded in. */
  readonly after: Ranges;
  readonly bits: number;
  /** Levels that the median channel's range spans: of one grid over the whole tensor before, of the quantizer that there is after. */
  readonly levelsBefore: number;
  readonly levelsAfter: number;
  /** Largest channel range over the median one, before and after. */
  readonly spreadBefore: number;
  readonly spreadAfter: number;
}

export function collectChannelRanges(graph: Graph): Collector & { result(): ChannelRanges[] } {
  const found: ChannelRanges[] = [];
  const before = new Map<string, Ranges>();
  return {
    visit({ node, place, original, exact, exactInputs }) {
      if (node.op === "LayerNormalization" && original !== null && exact.shape.length === 3) {
        before.set(node.name, rangesOf({ ...exact, data: inFloatTerms(original, node, exact.data) }));
      }
      const quantizer = node.quantizers?.input;
      const norm = node.op === "Gemm" && quantizer ? before.get(sourceOf(graph, node.inputs[0])?.name ?? "") : undefined;
      if (!norm || !quantizer) return;
      const after = rangesOf(exactInputs[0]);
      found.push({
        name: node.name,
        ...place,
        before: norm,
        after,
        bits: quantizer.bits,
        ...summaryOf(norm, after, quantizer),
      });
    },
    result: () => found,
  };
}

/** x: [B,N,D] -> smallest and largest value of each of the D channels. */
export function rangesOf({ data, shape }: Tensor): Ranges {
  const width = shape.at(-1) ?? 0;
  const low = new Float32Array(width).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(width).fill(Number.NEGATIVE_INFINITY);
  for (let start = 0; start < data.length; start += width) {
    for (let c = 0; c < width; c++) {
      const value = data[start + c];
      if (value < low[c]) low[c] = value;
      if (value > high[c]) high[c] = value;
    }
  }
  return { low, high };
}

function summaryOf(before: Ranges, after: Ranges, quantizer: Quantizer) {
  const { bits, scale } = quantizer;
  const widthsBefore = widthsOf(before);
  const widthsAfter = widthsOf(after);
  const whole = before.high.reduce((a, b) => Math.max(a, b)) - before.low.reduce((a, b) => Math.min(a, b));
  const most = 2 ** bits;
  const levels = (width: number, step: number) => (step > 0 ? Math.min(most, width / step + 1) : 1);
  const channels = widthsAfter.length;
  const stepOf = (c: number) => scale[Math.floor((c * scale.length) / channels)];
  return {
    levelsBefore: levels(median(widthsBefore), whole / (most - 1)),
    levelsAfter: median(widthsAfter.map((width, c) => levels(width, quantizer.axis === -2 ? median([...scale]) : stepOf(c)))),
    spreadBefore: spreadOf(widthsBefore),
    spreadAfter: spreadOf(widthsAfter),
  };
}

function widthsOf({ low, high }: Ranges): number[] {
  return Array.from(low, (value, c) => high[c] - value);
}

function spreadOf(widths: readonly number[]): number {
  const middle = median(widths);
  return middle > 0 ? Math.max(...widths) / middle : Number.POSITIVE_INFINITY;
}
