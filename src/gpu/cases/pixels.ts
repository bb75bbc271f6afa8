import { anyWords, integers, normals } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

interface PassShape {
  readonly name: string;
  readonly lines: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly taps: number;
  readonly vertical?: boolean;
  /** Rows of the image that were left out before the first. */
  readonly first?: number;
}

const passes: readonly PassShape[] = [
  { name: "1 pixel", lines: 1, inputs: 1, outputs: 1, taps: 1 },
  { name: "rows of 37 to 13", lines: 5, inputs: 37, outputs: 13, taps: 7 },
  { name: "columns of 29 to 67, from row 3 on", lines: 11, inputs: 29, outputs: 67, taps: 5, vertical: true, first: 3 },
];

/** Weights up to a quarter of one: seven of them times 255 stay below 2^31, and sums pass both ends of a byte. */
export const resampleCases = passes.map(({ name, lines, inputs, outputs, taps, vertical, first = 0 }, index): KernelCase => {
  const seed = 9000 + 10 * index;
  return {
    name,
    params: {
      lines,
      outputs,
      stride: taps,
      first,
      in_line: vertical ? 1 : inputs,
      in_step: vertical ? lines : 1,
      out_line: vertical ? 1 : outputs,
      out_step: vertical ? lines : 1,
    },
    constants: {},
    inputs: () => [
      Int32Array.from({ length: 2 * outputs }, (_, i) => {
        const start = Math.floor(((i >> 1) * (inputs - taps)) / Math.max(1, outputs - 1));
        return i % 2 === 0 ? first + start : taps - ((i >> 1) % 2 && taps > 1 ? 1 : 0);
      }),
      integers(seed, outputs * taps, -(2 ** 20), 2 ** 20),
      anyWords(seed + 1, lines * inputs),
    ],
    outputWords: lines * outputs,
  };
});

export const normalizePixelsCases = [1, 130].map((pixels): KernelCase => ({
  name: `${pixels} pixels`,
  params: { pixels },
  constants: {},
  inputs: () => [normals(9100, 768), anyWords(9101, pixels)],
  outputWords: 3 * pixels,
}));
