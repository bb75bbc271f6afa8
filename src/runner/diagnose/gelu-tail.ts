/** The output of GELU: most values lie in a sliver below 0, a few far above; one uniform grid serves neither well. */
import type { Graph } from "../../graph/graph.ts";
import { histogramOf } from "../../quant/observers/histogram.ts";
import { sourceOf } from "./diagnosed-model.ts";
import { levelUse, type LevelUse, type Values } from "./level-use.ts";
import type { Collector } from "./walk.ts";

export interface GeluTail {
  /** The layer that reads it: "blocks.3.mlp.fc2". */
  readonly name: string;
  readonly block: number | null;
  readonly values: Values;
  readonly bits: number;
  /** null where channels have levels of their own. */
  readonly use: LevelUse | null;
  /** Share of the values below 0, and levels below 0. */
  readonly negativeShare: number;
  readonly negativeLevels: number;
  readonly low: number;
  readonly high: number;
  /** 99.9 % of the values are at most this. */
  readonly percentile999: number;
}

export function collectGeluTails(graph: Graph): Collector & { result(): GeluTail[] } {
  const found: GeluTail[] = [];
  return {
    visit({ node, place, exactInputs: [x] }) {
      const quantizer = node.quantizers?.input;
      if (!quantizer || sourceOf(graph, node.inputs[0])?.op !== "Gelu") return;
      const { bits } = quantizer;
      const { centres, counts, low, high } = histogramOf(x.data, bits);
      const values = { centres, counts };
      const use = levelUse(values, quantizer);
      found.push({
        name: node.name,
        block: place.block,
        values,
        bits,
        use,
        negativeShare: shareBelow(values, 0),
        negativeLevels: use === null ? 0 : use.codebook.decode.filter((value) => value < 0).length,
        low,
        high,
        percentile999: percentileOf(values, 0.999),
      });
    },
    result: () => found,
  };
}

function shareBelow({ centres, counts }: Values, limit: number): number {
  let [below, total] = [0, 0];
  centres.forEach((centre, i) => {
    total += counts[i];
    if (centre < limit) below += counts[i];
  });
  return below / total;
}

/** The centre of the bin at which the share is reached. */
export function percentileOf({ centres, counts }: Values, share: number): number {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (let i = 0; i < centres.length; i++) {
    sum += counts[i];
    if (sum >= wanted) return centres[i];
  }
  return centres[centres.length - 1];
}
