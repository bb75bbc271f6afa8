/**
 * Tan-companding quantizer for softmax outputs, ours after the idea of DopQ-ViT's TanQ, whose formula is not public (ptq-core 5.2): levels are equally
 * spaced after f(u) = tan(a (u - c)) on u = x / top in 0..1, so they lie close at both ends, where tan is steep. Exactly 2^bits codes, code 0 is 0.
 *
 * So that the integer executor can run it, levels are integers on a fixed grid: x^ = scale * mantissa * 2^-grid with scale = top, and each number goes to
 * the nearest level. The sums of a matrix product bound the grid: 14 bits are exact in 32-bit sums of 512 eight-bit values.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { memoized } from "./codebook.ts";
import { distinctLevels, nearestCode, nearestThresholds } from "./nearest-level.ts";
import { parameterOf } from "./parameter.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Fit, Range, Scheme } from "./scheme.ts";

/** The optimum of synthetic attention maps. */
const USUAL = { a: 2, c: 0.7 };
const gridBits = (bits: number) => Math.min(8 + bits, 14);

/** a in 0.3..3.0 by 0.1, c in 0..1 by 0.05, as far as tan stays on one branch. */
const GRID = Array.from({ length: 28 }, (_, i) => (3 + i) / 10)
  .flatMap((a) => Array.from({ length: 21 }, (_, j) => ({ a, c: j / 20 })))
  .filter(({ a, c }) => a * Math.max(c, 1 - c) < Math.PI / 2)
  .sort((p, q) => distance(p) - distance(q));

function distance({ a, c }: { readonly a: number; readonly c: number }): number {
  return Math.abs(a - USUAL.a) + Math.abs(c - USUAL.c);
}

/** Strictly ascending integers from 0 to 2^grid, one per code. */
function mantissas(quantizer: Quantizer): Int32Array<ArrayBuffer> {
  const [a, c] = [parameterOf(quantizer, "a"), parameterOf(quantizer, "c")];
  const last = 2 ** quantizer.bits - 1;
  const unit = 2 ** gridBits(quantizer.bits);
  const start = Math.tan(-a * c);
  const step = (Math.tan(a * (1 - c)) - start) / last;
  const out = Int32Array.from({ length: last + 1 }, (_, code) => roundTiesToEven((Math.atan(start + code * step) / a + c) * unit));
  out[0] = 0;
  for (let code = 1; code < last; code++) out[code] = Math.max(out[code], out[code - 1] + 1);
  out[last] = unit;
  for (let code = last - 1; code > 0; code--) out[code] = Math.min(out[code], out[code + 1] - 1);
  return out;
}

const tables = memoized((quantizer) => {
  const mantissa = mantissas(quantizer);
  const grid = gridBits(quantizer.bits);
  const decode = Float32Array.from(mantissa, (level) => quantizer.scale[0] * level * 2 ** -grid);
  return { mantissa, grid, levels: distinctLevels(decode) };
});

const codebook = memoized((quantizer): Codebook => {
  const { mantissa, grid, levels } = tables(quantizer);
  const shifts = { exponent: new Int32Array(mantissa.length).fill(grid), odd: new Uint8Array(mantissa.length), mantissa };
  return { thresholds: nearestThresholds(levels), ascending: true, decode: levels.decode, shifts, zeroCode: null };
});

function fit({ high }: Range, parameters: { readonly a: number; readonly c: number }): Fit {
  return { scale: Math.max(high, 2 ** -100), zeroPoint: null, roundingMargin: 0.5, parameters };
}

export const tan: Scheme = {
  name: "tan",
  label: "tan companding (ours)",
  parameters: () => ({ a: { low: 0.3, high: 3 }, c: { low: 0, high: 1 } }),
  fit: (range) => fit(range, USUAL),
  candidates: (range) => GRID.map((parameters) => fit(range, parameters)),
  quantize: (x, quantizer) => nearestCode(x, tables(quantizer).levels),
  dequantize: (code, quantizer) => tables(quantizer).levels.decode[code],
  fakeQuantize: fakeQuantizeBy(codebook),
  codebook,
};
