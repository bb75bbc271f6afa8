/** What a candidate's quantizer does to the values themselves. */
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { Fit } from "../schemes/scheme.ts";
import type { Target } from "./observer.ts";

/** Values restored at a time, so that they are still in the cache when they are compared. */
const CHUNK = 1 << 15;
const scratch = new Float32Array(CHUNK);

/** Sum over the values of (x - x^)^2: float32 differences as the published programs take them, accumulated in float64. */
export function squaredError(
  values: Float32Array<ArrayBuffer>,
  scale: number,
  zeroPoint: number | null,
  target: Target,
  parameters?: Fit["parameters"],
): number {
  const quantizer = quantizerOf({ scale, zeroPoint, ...(parameters ? { parameters } : {}) }, target);
  let sum = 0;
  for (let start = 0; start < values.length; start += CHUNK) {
    const chunk = values.subarray(start, start + CHUNK);
    const restored = target.scheme.fakeQuantize(tensor([chunk.length], chunk), quantizer, scratch.subarray(0, chunk.length)).data;
    for (let i = 0; i < chunk.length; i++) {
      const difference = Math.fround(chunk[i] - restored[i]);
      sum += difference * difference;
    }
  }
  return sum;
}

/** The quantizer of one channel with these parameters. */
export function quantizerOf({ scale, zeroPoint, parameters }: Omit<Fit, "roundingMargin">, { scheme, bits, levels }: Target): Quantizer {
  return {
    scheme: scheme.name,
    bits,
    levels,
    scale: Float32Array.of(scale),
    zeroPoint: zeroPoint === null ? new Float32Array(0) : Float32Array.of(zeroPoint),
    axis: null,
    ...(parameters ? { parameters } : {}),
  };
}
