import type { Node } from "../../graph/graph.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Relevance of one image's value, element by element; f64, because sums of it cancel. */
export type Relevance = Float64Array<ArrayBuffer>;

/**
 * Layer-wise relevance propagation through one node: from the relevance of its output and the values that it read (one image: [1,...]) to the
 * relevance of each input, in the order of node.inputs. Rules are those of Chefer, Gur, Wolf: Transformer Interpretability Beyond Attention
 * Visualization, CVPR 2021 (arXiv 2012.09838), section 3; no derivative is taken.
 */
export type RelevanceRule = (node: Node, inputs: readonly Tensor[], relevance: Relevance) => readonly Relevance[];

/** Keeps quotients finite where parts of a sum cancel. The authors' program adds it to negative divisors as well, which moves those towards 0. */
const EPSILON = 1e-9;

/** a / b, moved away from a zero b; 0 where b is exactly 0: a sum without terms hands nothing on. */
export function safeDivide(a: number, b: number): number {
  if (b === 0) return 0;
  return a / (b > 0 ? b + EPSILON : b - EPSILON);
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export function sumOfMagnitudes(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += Math.abs(value);
  return total;
}
