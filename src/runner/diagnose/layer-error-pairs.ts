/** Error of every layer, once as it has added up on the way, once as the layer alone would cause it. */
import type { Tensor } from "../../tensor/tensor.ts";
import type { Collector } from "./walk.ts";

export interface LayerErrorPair {
  readonly name: string;
  readonly block: number | null;
  readonly role: string;
  /** Signal to noise of the output when everything before is quantized as well, dB. */
  readonly cumulativeDb: number;
  /** When only this layer's own operands are quantized; null where it has none. */
  readonly isolatedDb: number | null;
}

export function collectLayerErrors(): Collector & { result(): LayerErrorPair[] } {
  const pairs: LayerErrorPair[] = [];
  return {
    visit({ node, place, exact, quantized, alone }) {
      const isolatedDb = alone === null ? null : signalToNoiseDb(exact, alone);
      pairs.push({ name: node.name, ...place, cumulativeDb: signalToNoiseDb(exact, quantized), isolatedDb });
    },
    result: () => pairs,
  };
}

/** Infinity when equal. */
export function signalToNoiseDb({ data: exact }: Tensor, { data: actual }: Tensor): number {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    signal += exact[i] ** 2;
    noise += (exact[i] - actual[i]) ** 2;
  }
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}
