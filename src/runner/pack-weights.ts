import type { Quantizer } from "../graph/quantizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { padTo } from "./layout.ts";
import type { IntegerExecution } from "./plan.ts";

/** Columns of the widest register block, and a multiple of what a word of any codes holds: stored weights are padded to it with zeros. */
const TILE = 16;

/** Float weight [N,K] -> [4 * ceil(K/4), padTo(N, 16)] k-major, logical rows and columns moved to their stored positions. */
export function packFloatWeight(
  weight: Tensor,
  inputs: Int32Array,
  storedInputs: number,
  outputs: Int32Array,
  storedOutputs: number,
): Float32Array<ArrayBuffer> {
  const [n, k] = weight.shape;
  const stride = packedColumns(storedOutputs);
  const packed = new Float32Array(storedInputs * stride);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < k; column++) packed[inputs[column] * stride + outputs[row]] = weight.data[row * k + column];
  }
  return packed;
}

/** Bits that a stored code takes on the GPU: whole powers of two, so that a word splits by shift and mask. */
export function containerBits(bits: number): 2 | 4 | 8 {
  return bits <= 2 ? 2 : bits <= 4 ? 4 : 8;
}

/** Columns between the starts of two rows of packed weights. */
export function packedColumns(storedOutputs: number): number {
  return padTo(storedOutputs, TILE);
}

/**
 * Weight codes [N,K] -> packed words. "f32": word (k, n * container / 32), codes along columns.
 * "dot": word (k / (32 / container), n), codes along K, interleaved so that (word >> container * g) & mask is k = 4g .. 4g+3.
 */
export function packWeightCodes(
  codes: Uint8Array,
  [n, k]: readonly [number, number],
  inputs: Int32Array,
  storedInputs: number,
  outputs: Int32Array,
  storedOutputs: number,
  container: number,
  execution: IntegerExecution,
): Uint32Array<ArrayBuffer> {
  const columns = packedColumns(storedOutputs);
  const perWord = 32 / container;
  const words = new Uint32Array(execution === "f32" ? (storedInputs * columns) / perWord : Math.ceil(storedInputs / perWord) * columns);
  for (let row = 0; row < n; row++) {
    const out = outputs[row];
    if (execution === "f32") {
      const [stride, first, shift] = [columns / perWord, Math.floor(out / perWord), container * (out % perWord)];
      for (let column = 0; column < k; column++) words[inputs[column] * stride + first] |= codes[row * k + column] << shift;
      continue;
    }
    for (let column = 0; column < k; column++) {
      const at = inputs[column];
      const inWord = at % perWord;
      const shift = 8 * (inWord % 4) + container * Math.floor(inWord / 4);
      words[Math.floor(at / perWord) * columns + out] |= codes[row * k + column] << shift;
    }
  }
  return words;
}

/** Sums of runs of equal length: with n * groups of them, sum_k q_w[n,k] over each group along K, row by row. */
export function runSums(codes: Uint8Array, runs: number): Int32Array {
  const sums = new Int32Array(runs);
  const length = codes.length / runs;
  for (let run = 0, i = 0; run < runs; run++) for (const end = i + length; i < end; i++) sums[run] += codes[i];
  return sums;
}

export function codeMax(quantizer: Quantizer): number {
  return 2 ** quantizer.bits - 1;
}

/** Uniform codes, of whatever scheme: (code - zero point) * scale. All others decode by a table. */
export function isUniform({ zeroPoint }: Quantizer): boolean {
  return zeroPoint.length > 0;
}
