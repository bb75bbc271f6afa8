/** Attention probabilities and the levels that are offered to them: by the quantizer that there is, and by the usual ones at as many bits. */
import { histogramOf } from "../../quant/observers/histogram.ts";
import { fittedQuantizer, levelUse, type LevelUse, type Values } from "./level-use.ts";
import type { Collector } from "./walk.ts";

export interface SoftmaxOccupancy {
  /** "blocks.3.attn.matmul2" */
  readonly name: string;
  readonly block: number | null;
  readonly values: Values;
  /** null where levels are fitted to each row while the model runs. */
  readonly current: LevelUse | null;
  readonly bits: number;
  /** By scheme name, fitted to the largest probability. */
  readonly others: readonly (LevelUse & { readonly name: (typeof ALTERNATIVES)[number] })[];
}

const ALTERNATIVES = ["uniform", "log2", "log-sqrt2"] as const;

export function collectSoftmaxOccupancy(): Collector & { result(): SoftmaxOccupancy[] } {
  const found: SoftmaxOccupancy[] = [];
  return {
    visit({ node, place, exactInputs: [probabilities] }) {
      const quantizer = node.quantizers?.probabilities;
      if (!quantizer) return;
      const { bits } = quantizer;
      const { centres, counts, high } = histogramOf(probabilities.data, bits);
      const values = { centres, counts };
      const others = ALTERNATIVES.flatMap((name) => {
        const use = levelUse(values, fittedQuantizer(name, bits, 0, high));
        return use === null ? [] : [{ name, ...use }];
      });
      found.push({ name: node.name, block: place.block, values, current: levelUse(values, quantizer), bits, others });
    },
    result: () => found,
  };
}
