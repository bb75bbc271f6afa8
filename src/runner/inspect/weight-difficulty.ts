import { sqnrDb } from "../../metrics/sqnr-db.ts";
import { channelsOf } from "../../quant/observers/channels.ts";
import { uniform } from "../../quant/schemes/uniform.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";

/** Bit widths that the preview tries. */
export const PREVIEW_BITS = [2, 3, 4, 6, 8] as const;

/**
 * How well a weight survives rounding before any image is seen: signal-to-noise ratio in dB of the matrix [out,in] after uniform codes of
 * `bits` over each row's full range, one scale and zero point a row. Infinity where nothing is lost.
 */
export function weightSqnrDb(weight: Tensor, bits: number): number {
  const rows = channelsOf(weight, 0);
  const fits = rows.map((row) => uniform.fit(rangeOf(row), bits));
  const rounded = uniform.fakeQuantize(weight, {
    scheme: uniform.name,
    bits,
    levels: "strict",
    scale: Float32Array.from(fits, ({ scale }) => scale),
    zeroPoint: Float32Array.from(fits, ({ zeroPoint }) => zeroPoint ?? 0),
    axis: 0,
  });
  return sqnrDb.measure(weight, tensor(weight.shape, rounded.data));
}

function rangeOf(values: Float32Array): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
