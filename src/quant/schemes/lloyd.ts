/**
 * A free codebook: 2^bits levels placed where they leave the least squared error (Lloyd 1982, Max 1960). The levels are the quantizer's parameters m0, m1, ...,
 * ascending integers in units of scale * 2^-14, so that the integer executor runs them: x^ = scale * mantissa * 2^-14. Every number goes to the nearest level.
 * Probabilities have m0 = 0; outputs of GELU have negative levels too.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { memoized } from "./codebook.ts";
import { distinctLevels, nearestCode, nearestThresholds } from "./nearest-level.ts";
import { fakeQuantizeBy } from "./restore.ts";
import type { Codebook, Fit, Scheme } from "./scheme.ts";

const GRID = 14;
const UNIT = 2 ** GRID;

/** A fit with these levels, ascending, at most 2^bits of them. Levels that fall on one grid point become one. */
export function lloydFit(levels: readonly number[]): Fit {
  const largest = levels.reduce((top, level) => Math.max(top, Math.abs(level)), 0);
  const scale = Math.fround(Math.max(largest, 2 ** -100));
  const parameters = Object.fromEntries(levels.map((level, i) => [`m${i}`, roundTiesToEven((level / scale) * UNIT) + 0]));
  return { scale, zeroPoint: null, roundingMargin: 0.5, parameters };
}

/** Ascending, one per code; codes past the last stated level repeat it. */
function mantissasOf({ bits, parameters }: Quantizer): Int32Array<ArrayBuffer> {
  const out = new Int32Array(2 ** bits);
  for (let code = 0; code < out.length; code++) {
    const before = code === 0 ? Number.NEGATIVE_INFINITY : out[code - 1];
    out[code] = Math.max(before, parameters?.[`m${code}`] ?? (code === 0 ? 0 : before));
  }
  return out;
}

const tables = memoized((quantizer) => {
  const mantissa = mantissasOf(quantizer);
  const decode = Float32Array.from(mantissa, (level) => quantizer.scale[0] * level * 2 ** -GRID);
  return { mantissa, codes: usedCodes(decode), decode };
});

/** The first code of each distinct level. */
function usedCodes(decode: Float32Array<ArrayBuffer>): number[] {
  return Array.from(decode, (_, code) => code).filter((code) => code === 0 || decode[code] > decode[code - 1]);
}

const codebook = memoized((quantizer): Codebook => {
  const { mantissa, decode, codes } = tables(quantizer);
  const shifts = { exponent: new Int32Array(mantissa.length).fill(GRID), odd: new Uint8Array(mantissa.length), mantissa };
  const used = codes.length === decode.length ? distinctLevels(decode) : { decode, codes };
  return { thresholds: nearestThresholds(used), ascending: true, decode, shifts, zeroCode: null };
});

export const lloyd: Scheme = {
  name: "lloyd",
  label: "free codebook (Lloyd-Max)",
  parameters: (bits) =>
    Object.fromEntries(
      Array.from({ length: 2 ** bits }, (_, code) => [
        `m${code}`,
        { low: -UNIT, high: UNIT, isInteger: true, ...(code === 0 ? {} : { isOptional: true }) },
      ]),
    ),
  /** Without data: equal steps. */
  fit: ({ low, high }, bits) => {
    const last = 2 ** bits - 1;
    const from = Math.min(0, low);
    return lloydFit(Array.from({ length: last + 1 }, (_, i) => from + ((high - from) * i) / last));
  },
  quantize: (x, quantizer) => nearestCode(x, tables(quantizer)),
  dequantize: (code, quantizer) => tables(quantizer).decode[code],
  fakeQuantize: fakeQuantizeBy(codebook),
  codebook,
};
