import { floatRows, normals, quads, unused } from "./case-data.ts";
import type { KernelCase } from "./kernel-case.ts";

interface NormShape {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Largest code; without it the output is float. */
  readonly top?: number;
}

const normShapes: readonly NormShape[] = [
  { name: "1 row of 1", rows: 1, columns: 1 },
  { name: "33 rows of 30", rows: 33, columns: 30 },
  { name: "7 rows of 192", rows: 7, columns: 192 },
  { name: "65 rows of 17 to 4-bit codes", rows: 65, columns: 17, top: 15 },
  { name: "31 rows of 64 to 8-bit codes", rows: 31, columns: 64, top: 255 },
];

export const layerNormCases = normShapes.map(({ name, rows, columns, top }, index): KernelCase => {
  const stride4 = quads(columns);
  const seed = 4000 + 10 * index;
  // Rows that are all equal have n = 0: with these shifts their codes are rounding ties, the first columns'.
  const middle = top === undefined ? 0 : top / 2;
  return {
    name,
    params: { rows, columns, stride4, inverse_columns: 1 / columns, epsilon: 1e-6, code_max: top ?? 0 },
    constants: { QUANTIZE: top === undefined ? 0 : 1 },
    inputs: () => [
      floatRows(seed, rows, columns, 4 * stride4),
      normals(seed + 1, 4 * stride4, top === undefined ? 1 : top / 4),
      normals(seed + 2, 4 * stride4).map((value, column) => (column < 3 ? middle + column : middle + value)),
    ],
    outputWords: rows * stride4 * (top === undefined ? 4 : 1),
  };
});

interface SoftmaxShape extends NormShape {
  /** Code 0 is the largest level. */
  readonly reversed?: boolean;
  /** Ascending decision points. */
  readonly thresholds?: readonly number[];
}

/** 2^(-step * (c + 1/2)), ascending: the decision points of the log2 family. */
const logThresholds = (count: number, step: number) => Array.from({ length: count }, (_, i) => 2 ** (-step * (count - i - 0.5)));
const evenThresholds = (count: number) => Array.from({ length: count }, (_, i) => (i + 0.5) / count);

const softmaxShapes: readonly SoftmaxShape[] = [
  { name: "1 row of 1", rows: 1, columns: 1 },
  { name: "33 rows of 197", rows: 33, columns: 197 },
  { name: "7 rows of 5, 4-bit log sqrt 2 codes", rows: 7, columns: 5, reversed: true, thresholds: logThresholds(15, 0.5) },
  { name: "65 rows of 65, 3-bit log2 codes", rows: 65, columns: 65, reversed: true, thresholds: logThresholds(7, 1) },
  { name: "31 rows of 17, 8-bit uniform codes", rows: 31, columns: 17, thresholds: evenThresholds(255) },
  { name: "7 rows of 4, 10 thresholds, ties at 1/4", rows: 7, columns: 4, thresholds: [0, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 1] },
  { name: "7 rows of 4, ties at 1/4, reversed", rows: 7, columns: 4, reversed: true, thresholds: [0.0625, 0.25, 1] },
];

export const softmaxCases = softmaxShapes.map(({ name, rows, columns, reversed, thresholds }, index): KernelCase => {
  const stride4 = quads(columns);
  const searchSteps = thresholds ? Math.ceil(Math.log2(thresholds.length + 1)) : 1;
  return {
    name,
    params: { rows, columns, stride4, threshold_count: thresholds?.length ?? 0, search_steps: searchSteps },
    constants: { QUANTIZE: thresholds ? 1 : 0, REVERSED: reversed ? 1 : 0 },
    inputs: () => {
      const padded = new Float32Array(2 ** searchSteps).fill(3e38);
      if (thresholds) padded.set(thresholds);
      return [floatRows(4200 + index, rows, columns, 4 * stride4), thresholds ? padded : unused()];
    },
    outputWords: rows * stride4 * (thresholds ? 1 : 4),
  };
});

const meanShapes = [
  { name: "1 token, 1 image", images: 1, tokens: 1, start: 0, columns: 1 },
  { name: "65 tokens without the first two, 3 images", images: 3, tokens: 65, start: 2, columns: 30 },
  { name: "197 tokens, 1 image, 260 columns", images: 1, tokens: 197, start: 1, columns: 260 },
];

export const reduceMeanCases = meanShapes.map(({ name, images, tokens, start, columns }, index): KernelCase => {
  const stride4 = quads(columns);
  return {
    name,
    params: { images, tokens, start, stride4, inverse_count: 1 / (tokens - start) },
    constants: {},
    inputs: () => [floatRows(4400 + index, images * tokens, columns, 4 * stride4)],
    outputWords: images * stride4 * 4,
  };
});
