/** Attention without softmax: values get their parts of each sum; queries and keys only choose the weights and get nothing. */
import { attribute } from "../../graph/ops.ts";
import { safeDivide, type RelevanceRule } from "./rule.ts";

export const linearAttentionRule: RelevanceRule = (node, [q, k, v], relevance) => {
  const [, n, width] = q.shape;
  const depth = width / attribute(node, "numHeads");
  const out = new Float64Array(v.data.length);
  const products = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let head = 0; head < width; head += depth) {
      for (let j = 0; j < n; j++) {
        products[j] = 0;
        for (let c = head; c < head + depth; c++) products[j] += q.data[i * width + c] * k.data[j * width + c];
      }
      for (let c = head; c < head + depth; c++) {
        let total = 0;
        for (let j = 0; j < n; j++) total += products[j] * v.data[j * width + c];
        const share = safeDivide(relevance[i * width + c], total);
        for (let j = 0; j < n; j++) out[j * width + c] += products[j] * v.data[j * width + c] * share;
      }
    }
  }
  return [new Float64Array(q.data.length), new Float64Array(k.data.length), out];
};
