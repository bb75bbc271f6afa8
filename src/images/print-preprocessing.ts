import type { Preprocessing } from "./preprocessing.ts";

/** All that can be chosen of a preprocessing, as `parsePreprocessing` reads it back to the bit. */
export function printPreprocessing({ resize, size, interpolation, mean, std }: Preprocessing): string {
  return `resize=${resize},size=${size},filter=${interpolation},mean=${mean.join("/")},std=${std.join("/")}`;
}

export function samePreprocessing(a: Preprocessing, b: Preprocessing): boolean {
  return printPreprocessing(a) === printPreprocessing(b);
}
