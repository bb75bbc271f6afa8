/** How well the values of a tensor and the levels of a quantizer fit together. */
import type { Quantizer } from "../../graph/quantizer.ts";
import type { Histogram } from "../../quant/observers/histogram.ts";
import { encodeByThresholds } from "../../quant/schemes/codebook.ts";
import { schemeOf } from "../../quant/schemes/index.ts";
import type { Codebook } from "../../quant/schemes/scheme.ts";

export type Values = Pick<Histogram, "centres" | "counts">;
export type Levels = Pick<Codebook, "thresholds" | "ascending" | "decode" | "zeroCode">;

export interface LevelUse {
  /** "log √2" */
  readonly scheme: string;
  readonly bits: number;
  readonly codebook: Levels;
  /** Levels that some value takes. */
  readonly used: number;
  /** Two to the entropy of the codes: as many levels, used equally often, would carry as much. */
  readonly effective: number;
  /** Signal to noise of the values on these levels, dB. */
  readonly sqnrDb: number;
  /** Share of the values that become 0. */
  readonly zeroed: number;
  /** Share of the values beyond the outermost levels by more than half of the distance to the next one. */
  readonly clipped: number;
}

/** null: levels are found anew for every row, or (as-published, with a fractional zero point) have no table, or differ from part to part. */
export function codebookOf(quantizer: Quantizer): Levels | null {
  const { codebook } = schemeOf(quantizer);
  if (!codebook || quantizer.scale.length !== 1 || !quantizer.zeroPoint.every(Number.isInteger)) return null;
  const { thresholds, ascending, decode, zeroCode } = codebook({ ...quantizer, axis: null });
  return { thresholds, ascending, decode, zeroCode };
}

/** What a scheme fitted to [low, high] would have. */
export function fittedQuantizer(scheme: string, bits: number, low: number, high: number): Quantizer {
  const { scale, zeroPoint, parameters } = schemeOf({ scheme }).fit({ low, high }, bits);
  return {
    scheme,
    bits,
    levels: "strict",
    scale: Float32Array.of(scale),
    zeroPoint: Float32Array.from(zeroPoint === null ? [] : [zeroPoint]),
    axis: null,
    ...(parameters ? { parameters } : {}),
  };
}

export function levelUse({ centres, counts }: Values, quantizer: Quantizer): LevelUse | null {
  const codebook = codebookOf(quantizer);
  if (codebook === null) return null;
  const { decode } = codebook;
  const shares = new Float64Array(decode.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const [lowest, highest] = clipEnds(decode);
  let [signal, noise, zeroed, clipped] = [0, 0, 0, 0];
  for (let i = 0; i < centres.length; i++) {
    const share = counts[i] / total;
    const value = centres[i];
    const code = encodeByThresholds(value, codebook);
    shares[code] += share;
    signal += share * value ** 2;
    noise += share * (value - decode[code]) ** 2;
    if (decode[code] === 0) zeroed += share;
    if (value < lowest || value > highest) clipped += share;
  }
  const entropy = shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
  return {
    scheme: schemeOf(quantizer).label,
    bits: quantizer.bits,
    codebook,
    used: shares.filter((share) => share > 0).length,
    effective: 2 ** entropy,
    sqnrDb: noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise),
    zeroed,
    clipped,
  };
}

function clipEnds(decode: Float32Array): [low: number, high: number] {
  const sorted = decode.toSorted();
  const last = sorted.length - 1;
  if (last < 1) return [sorted[0], sorted[0]];
  return [sorted[0] - (sorted[1] - sorted[0]) / 2, sorted[last] + (sorted[last] - sorted[last - 1]) / 2];
}
