/** A layer with random weights and correlated inputs, for tests of weight solvers. */
import type { Quantizer } from "../graph/quantizer.ts";
import { schemes } from "../quant/schemes/index.ts";
import { createInputSums } from "../quant/solvers/input-sums.ts";
import type { LayerProblem } from "../quant/solvers/solver.ts";
import { seededNormal } from "../tensor/random.ts";

export interface RandomLayer extends LayerProblem {
  /** [R,K], as the float model has them. */
  readonly x: Float32Array<ArrayBuffer>;
  /** [R,K], rounded to multiples of `step`. */
  readonly quantized: Float32Array<ArrayBuffer>;
}

export interface RandomLayerOptions {
  readonly seed: number;
  readonly n: number;
  readonly k: number;
  readonly rows: number;
  readonly bits?: number;
  /** Quantization step of the inputs. */
  readonly step?: number;
}

export function randomLayer({ seed, n, k, rows, bits = 3, step = 0.5 }: RandomLayerOptions): RandomLayer {
  const normal = seededNormal(seed);
  const common = Float32Array.from({ length: 4 * k }, normal);
  const x = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const factors = [normal(), normal(), normal(), 0.5];
    for (let i = 0; i < k; i++) x[row * k + i] = 0.5 * normal() + factors.reduce((sum, factor, f) => sum + factor * common[f * k + i], 0);
  }
  const quantized = x.map((value) => step * Math.floor(value / step + 0.5));
  const weight = Float32Array.from({ length: n * k }, () => 0.1 * normal());
  const bias = Float32Array.from({ length: n }, () => 0.1 * normal());
  const sums = createInputSums(k, true);
  sums.add(quantized, x);
  return { x, quantized, weight, bias, shape: [n, k], quantizer: rowQuantizer(weight, k, bits), inputs: sums.total() };
}

/** The whole range of every run of `length` weights. */
export function rowQuantizer(weight: Float32Array, length: number, bits: number): Quantizer {
  const fits = Array.from({ length: weight.length / length }, (_, row) => {
    const values = weight.subarray(row * length, (row + 1) * length);
    return schemes.uniform.fit({ low: Math.min(...values), high: Math.max(...values) }, bits);
  });
  return {
    scheme: "uniform",
    bits,
    levels: "strict",
    scale: Float32Array.from(fits, ({ scale }) => scale),
    zeroPoint: Float32Array.from(fits, ({ zeroPoint }) => zeroPoint ?? 0),
    axis: 0,
  };
}
