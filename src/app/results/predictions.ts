/** What the page reads from logits ([images, classes], row-major): predictions, probabilities, and what happened to each image. */
import type { Comparison } from "../../runner/comparison.ts";

export type Mark = "same" | "flip" | "rescued";

export interface ClassShare {
  readonly classIndex: number;
  readonly float: number;
  readonly quantized: number;
}

export function rowCount(logits: Float32Array, classes: number): number {
  return classes === 0 ? 0 : Math.floor(logits.length / classes);
}

export function argmaxOfRow(logits: Float32Array, classes: number, row: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) if ((logits[row * classes + c] ?? 0) > (logits[row * classes + best] ?? 0)) best = c;
  return best;
}

export function softmaxRow(logits: Float32Array, classes: number, row: number): Float64Array {
  const shares = new Float64Array(classes);
  const largest = logits[row * classes + argmaxOfRow(logits, classes, row)] ?? 0;
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += shares[c] = Math.exp((logits[row * classes + c] ?? 0) - largest);
  return shares.map((share) => share / sum);
}

/** Classes by falling probability, ties by index. */
export function topClasses(shares: Float64Array, count: number): readonly number[] {
  return Array.from(shares.keys())
    .toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b)
    .slice(0, count);
}

/** Less is written as 0.0 %. */
const LEAST_SHARE = 0.0005;

/** The float model's top classes in order, then those that only the quantized model has among its top; without those that neither believes in. */
export function pairedTop(float: Float64Array, quantized: Float64Array, count: number): readonly ClassShare[] {
  const order = new Set([...topClasses(float, count), ...topClasses(quantized, count)]);
  const pairs = [...order].map((classIndex) => ({ classIndex, float: float[classIndex] ?? 0, quantized: quantized[classIndex] ?? 0 }));
  return pairs.filter((pair, i) => i === 0 || Math.max(pair.float, pair.quantized) >= LEAST_SHARE);
}

/** "rescued": the baseline recipe changes this prediction and the main recipe keeps it. */
export function markOf(floatClass: number, quantizedClass: number, baselineClass: number | null): Mark {
  if (floatClass !== quantizedClass) return "flip";
  return baselineClass !== null && baselineClass !== floatClass ? "rescued" : "same";
}

/** KL(float || quantized) in nats. Classes without float mass add nothing. */
export function klOfRow(float: Float64Array, quantized: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < float.length; c++) {
    const p = float[c] ?? 0;
    if (p > 0) sum += p * Math.log(p / Math.max(quantized[c] ?? 0, Number.MIN_VALUE));
  }
  return sum;
}

/** Indices of the images that quantization moved most, by KL divergence, at most `count`. */
export function mostChanged(
  { floatLogits, quantizedLogits, classes }: Pick<Comparison, "floatLogits" | "quantizedLogits" | "classes">,
  count: number,
): number[] {
  const moved = Array.from({ length: rowCount(floatLogits, classes) }, (_, row) =>
    klOfRow(softmaxRow(floatLogits, classes, row), softmaxRow(quantizedLogits, classes, row)),
  );
  return [...moved.keys()].toSorted((a, b) => (moved[b] ?? 0) - (moved[a] ?? 0) || a - b).slice(0, count);
}
