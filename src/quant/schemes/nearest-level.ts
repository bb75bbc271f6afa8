/** Quantizers that are a set of levels: every number goes to the nearest one. */
import { smallestFloat } from "./codebook.ts";

export interface Levels {
  /** Value of each code. */
  readonly decode: Float32Array<ArrayBuffer>;
  /** The codes that encoding uses, their values strictly ascending; the first and the last code among them. */
  readonly codes: readonly number[];
}

/** All codes but those whose value an earlier code has. */
export function distinctLevels(decode: Float32Array<ArrayBuffer>): Levels {
  const known = new Set<number>();
  const codes = Array.from(decode, (_, code) => code).filter((code) => {
    const isNew = !known.has(decode[code]);
    known.add(decode[code]);
    return isNew;
  });
  if (codes.at(-1) !== decode.length - 1 || codes.some((code, i) => i > 0 && decode[code] < decode[codes[i - 1]])) {
    throw new Error("internal: levels do not ascend with their codes");
  }
  return { decode, codes };
}

/** The code of the level nearest to x, the larger one of two equally near. */
export function nearestCode(x: number, { decode, codes }: Levels): number {
  let low = 0;
  let high = codes.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (decode[codes[middle + 1]] - x <= x - decode[codes[middle]]) low = middle + 1;
    else high = middle;
  }
  return codes[low];
}

/** Thresholds of an ascending Codebook; an unused code shares that of the next used one. */
export function nearestThresholds(levels: Levels): Float32Array<ArrayBuffer> {
  const { decode, codes } = levels;
  const last = decode.length - 1;
  const out = new Float32Array(last);
  for (let i = codes.length - 1; i > 0; i--) {
    const middle = (decode[codes[i]] + decode[codes[i - 1]]) / 2;
    const threshold = smallestFloat((x) => nearestCode(x, levels) >= codes[i], middle);
    out.fill(threshold, last - codes[i], last - codes[i - 1]);
  }
  return out;
}
