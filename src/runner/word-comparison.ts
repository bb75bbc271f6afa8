import type { Constants, Params } from "../gpu/kernel.ts";
import type { KernelName } from "../gpu/kernels/index.ts";
import { SENTINEL } from "../gpu/run-kernel.ts";
import { halfValue } from "../tensor/half.ts";
import { kernelTolerances, type KernelTolerance } from "./kernel-twins.ts";

/** How the words of a kernel are held against its twin's. */
export interface WordComparison {
  readonly rule: string;
  same(word: number, at: number): boolean;
  show(word: number): string;
}

/** Smallest normal f32. */
const TINY = 2 ** -126;

export function wordComparison(name: KernelName, params: Params, constants: Constants, expected: Uint32Array): WordComparison {
  const tolerance = kernelTolerances[name];
  const inHalves = constants.Y_HALF === 1;
  if (tolerance) {
    const rowWords = tolerance.byRow ? params.out_stride4 * (inHalves ? 2 : 4) : expected.length;
    return withinBound(tolerance, inHalves, rowWords, expected);
  }
  const writesCodes = (params.quantize ?? constants.QUANTIZE) === 1 || constants.DECODE === 0 || name === "quantize";
  // Adapters may flush subnormal floats to zero; in packed codes every bit counts.
  const same = (word: number, at: number) => word === expected[at] || (!writesCodes && isTiny(word) && isTiny(expected[at]));
  return { rule: "equal bit for bit", same, show: writesCodes ? showHex : showFloat };
}

function withinBound({ relative, byRow }: KernelTolerance, inHalves: boolean, rowWords: number, expected: Uint32Array): WordComparison {
  const valuesOf = (word: number) => (inHalves ? [halfValue(word & 0xffff), halfValue(word >>> 16)] : [floatOf(word)]);
  const largest = Array.from({ length: Math.ceil(expected.length / rowWords) }, () => 0);
  expected.forEach((word, at) => {
    const row = Math.floor(at / rowWords);
    if (word !== SENTINEL) largest[row] = Math.max(largest[row], ...valuesOf(word).map(Math.abs));
  });
  // The next f16 lies within 2^-10 of a number, and 2^-14 is the smallest.
  const rounding = (value: number) => (inHalves ? 2 ** -10 * Math.abs(value) + 2 ** -14 : 0);
  return {
    rule: `within ${relative} of the largest${byRow ? " of the row" : ""}${inHalves ? " and one rounding" : ""}`,
    show: (word) => (inHalves && word !== SENTINEL ? `${valuesOf(word).join(" ")} (${showHex(word)})` : showFloat(word)),
    same(word, at) {
      if (expected[at] === SENTINEL) return word === SENTINEL;
      const wanted = valuesOf(expected[at]);
      const bound = relative * largest[Math.floor(at / rowWords)];
      return valuesOf(word).every((value, i) => Math.abs(value - wanted[i]) <= bound + rounding(wanted[i]));
    },
  };
}

const view = new DataView(new ArrayBuffer(4));
const floatOf = (word: number) => (view.setUint32(0, word), view.getFloat32(0));
const isTiny = (word: number) => Math.abs(floatOf(word)) < TINY;

const showHex = (word: number) => (word === SENTINEL ? "untouched" : `0x${word.toString(16).padStart(8, "0")}`);
const showFloat = (word: number) => (word === SENTINEL ? "untouched" : `${floatOf(word)} (${showHex(word)})`);
