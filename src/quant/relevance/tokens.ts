/** Ops that move values: relevance moves back the same way. */
import { attribute } from "../../graph/ops.ts";
import { safeDivide, type RelevanceRule } from "./rule.ts";
import { splitSum } from "./sums.ts";

/** Row `index` of [1,N,D] gets everything, the other rows nothing. */
export const gatherRule: RelevanceRule = (node, [x], relevance) => {
  const out = new Float64Array(x.data.length);
  out.set(relevance, attribute(node, "index") * relevance.length);
  return [out];
};

/** A row that several rows of the output copy gets the sum of what they got. */
export const gatherRowsRule: RelevanceRule = ({ weights: { indices } }, [x], relevance) => {
  const width = x.shape[2];
  const out = new Float64Array(x.data.length);
  indices.data.forEach((index, copy) => {
    for (let i = 0; i < width; i++) out[index * width + i] += relevance[copy * width + i];
  });
  return [out];
};

/** y[column] = mean of the rows from `start` on: each gets its part of the sum. */
export const meanRule: RelevanceRule = (node, [x], relevance) => {
  const [, n, d] = x.shape;
  const start = attribute(node, "start");
  const out = new Float64Array(n * d);
  for (let column = 0; column < d; column++) {
    let total = 0;
    for (let row = start; row < n; row++) total += x.data[row * d + column];
    const share = safeDivide(relevance[column], total);
    for (let row = start; row < n; row++) out[row * d + column] = x.data[row * d + column] * share;
  }
  return [out];
};

/**
 * The prefix rows' relevance ends here: they are learned, no layer computes them. Patch rows are a sum of patches and positions and split like
 * one; the positions' share ends here too. So this is the one rule that does not conserve the total.
 */
export const prependTokensRule: RelevanceRule = ({ weights: { prefix, positions } }, [patches], relevance) => {
  const [ofPatches] = splitSum(patches.data, positions.data, relevance.slice(prefix.data.length));
  return [ofPatches];
};

/** [1,C,H,W] cut into rows of C p p: the elements go back to their pixels. */
export const patchifyRule: RelevanceRule = (node, [image], relevance) => {
  const p = attribute(node, "patchSize");
  const [, channels, height, width] = image.shape;
  const out = new Float64Array(relevance.length);
  let at = 0;
  for (let top = 0; top < height; top += p) {
    for (let left = 0; left < width; left += p) {
      for (let channel = 0; channel < channels; channel++) {
        for (let row = top; row < top + p; row++) {
          out.set(relevance.subarray(at, at + p), (channel * height + row) * width + left);
          at += p;
        }
      }
    }
  }
  return [out];
};
