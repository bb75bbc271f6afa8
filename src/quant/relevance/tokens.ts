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
    if (index < 0) return;
    for (let i = 0; i < width; i++) out[index * width + i] += relevance[copy * width + i];
  });
  return [out];
};

/** The row that held the maximum gets everything. */
export const maxRowsRule: RelevanceRule = ({ weights: { indices } }, [x], relevance) => {
  const width = x.shape[2];
  const group = indices.shape[1];
  const out = new Float64Array(x.data.length);
  relevance.forEach((value, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    let winner = -1;
    for (const index of indices.data.subarray(row * group, (row + 1) * group)) {
      if (index >= 0 && (winner < 0 || x.data[index * width + column] > x.data[winner * width + column])) winner = index;
    }
    out[winner * width + column] += value;
  });
  return [out];
};

/** y = sum of weighted rows: each gets its part of the sum; the scores only choose the weights and get nothing. */
export const softmaxPoolRule: RelevanceRule = (_node, [scores, x], relevance) => {
  const [, n, d] = x.shape;
  const top = scores.data.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const weights = Float64Array.from(scores.data, (score) => Math.exp(score - top));
  const out = new Float64Array(n * d);
  for (let column = 0; column < d; column++) {
    let total = 0;
    for (let row = 0; row < n; row++) total += weights[row] * x.data[row * d + column];
    const share = safeDivide(relevance[column], total);
    for (let row = 0; row < n; row++) out[row * d + column] = weights[row] * x.data[row * d + column] * share;
  }
  return [new Float64Array(n), out];
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
