/**
 * DeMax, a quantizer of softmax rows that leaves out what makes them hard (UQ-ViT; ptq-wide 1.1, 1.3.12): the (first) maximum of each row stays in float,
 * the others are uniform, q = clamp(rint(x / step), 0, 2^bits - 1) with step = the row's second maximum / (2^bits - 1), found anew for every row.
 * Nothing is calibrated; the quantizer's scale is 1 and unused.
 */
import { clamp, roundTiesToEven } from "../../tensor/rounding.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { Scheme } from "./scheme.ts";

export const demax: Scheme = {
  name: "demax",
  label: "DeMax",
  perRow: true,
  fit: () => ({ scale: 1, zeroPoint: null, roundingMargin: 0.5 }),
  quantize: () => refuse(),
  dequantize: () => refuse(),

  fakeQuantize(x, { bits }) {
    const width = x.shape.at(-1) ?? 1;
    const out = new Float32Array(x.data.length);
    for (let start = 0; start < out.length; start += width) {
      const row = x.data.subarray(start, start + width);
      const restored = restoreRow(row, 2 ** bits - 1);
      out.set(restored, start);
    }
    return tensor(x.shape, out);
  },
};

function restoreRow(row: Float32Array, last: number): Float32Array {
  let top = 0;
  let second = -1;
  for (let i = 1; i < row.length; i++) {
    if (row[i] > row[top]) [top, second] = [i, top];
    else if (second < 0 || row[i] > row[second]) second = i;
  }
  const step = second < 0 ? 0 : Math.fround(row[second] / last);
  return row.map((x, i) => {
    if (i === top) return x;
    return step > 0 ? Math.fround(clamp(roundTiesToEven(Math.fround(x / step)), 0, last) * step) : 0;
  });
}

function refuse(): never {
  throw new Error("internal: demax quantizes whole rows, not single numbers");
}
