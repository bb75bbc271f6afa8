/** Sums of computed values, and values with several readers. */
import { safeDivide, sum, type Relevance, type RelevanceRule } from "./rule.ts";

/**
 * a + b: each element splits in proportion to its terms, then both parts are scaled so that their totals relate as the magnitudes of the totals
 * found, and together make the output's: without that, parts of opposite sign grow from block to block.
 *   S = R / (a + b),   a' = a S,   b' = b S,   R_a = a' |sum a'| / (|sum a'| + |sum b'|) sum R / sum a'
 */
export function splitSum(a: ArrayLike<number>, b: ArrayLike<number>, relevance: Relevance): [Relevance, Relevance] {
  const left = new Float64Array(relevance.length);
  const right = new Float64Array(relevance.length);
  for (let i = 0; i < relevance.length; i++) {
    const share = safeDivide(relevance[i], a[i] + b[i]);
    left[i] = a[i] * share;
    right[i] = b[i] * share;
  }
  const [total, ofLeft, ofRight] = [sum(relevance), sum(left), sum(right)];
  const magnitude = Math.abs(ofLeft) + Math.abs(ofRight);
  scale(left, safeDivide(safeDivide(Math.abs(ofLeft), magnitude) * total, ofLeft));
  scale(right, safeDivide(safeDivide(Math.abs(ofRight), magnitude) * total, ofRight));
  return [left, right];
}

export const addRule: RelevanceRule = (_node, [a, b], relevance) => splitSum(a.data, b.data, relevance);

/** f(a) b of the two halves of a row: a factor of a product gets half, as the two of attention do. x: [1,N,2M] */
export const gatedRule: RelevanceRule = (_node, [x], relevance) => {
  const columns = (x.shape.at(-1) ?? 0) / 2;
  const out = new Float64Array(x.data.length);
  relevance.forEach((value, i) => {
    const a = Math.floor(i / columns) * columns + i;
    out[a] = value / 2;
    out[a + columns] = value / 2;
  });
  return [out];
};

/** x times sigmoid of gates: the gates only weigh the heads and get nothing. */
export const gateRule: RelevanceRule = (_node, [, gates], relevance) => [relevance, new Float64Array(gates.data.length)];

/** A value that several nodes read: x sum_i (R_i / x), which is the sum of what they hand back wherever x is not 0. */
export function joinReaders(x: ArrayLike<number>, parts: readonly Relevance[]): Relevance {
  if (parts.length === 1) return parts[0];
  return Float64Array.from(x, (value, i) => value * parts.reduce((total, part) => total + safeDivide(part[i], value), 0));
}

function scale(values: Relevance, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= factor;
}
