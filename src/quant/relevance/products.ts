/**
 * Products of two computed matrices, the two of attention: each factor gets half.
 *   S = R / (A B),   R_A = A (S B^T) / 2,   R_B = B (A^T S) / 2
 */
import { attribute, headsOf, windowsOf } from "../../graph/ops.ts";
import { firstColumn, headOf, type Part } from "../../reference/heads.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { safeDivide, type Relevance, type RelevanceRule } from "./rule.ts";

/** Relevance of q and k in qkv [1,N,3D]. The scale of the scores is a constant: it does not appear. */
export const scoresRule: RelevanceRule = (node, [qkv], relevance) => {
  const heads = attribute(node, "numHeads");
  const windows = windowsOf(node);
  const [, tokens, width] = qkv.shape;
  const n = tokens / windows;
  const rows = tensor([windows, n, width], qkv.data);
  const depth = width / 3 / heads;
  const out = new Float64Array(tokens * width);
  for (let map = 0; map < windows * heads; map++) {
    const [window, head] = [Math.floor(map / heads), map % heads];
    const query = headOf(rows, "query", window, head, heads); // [N,d]
    const key = headOf(rows, "key", window, head, heads);
    const [a, b] = productRelevance(query, key, relevance.subarray(map * n * n, (map + 1) * n * n), n, n, depth);
    setHead(out, a, "query", rows, window, head, depth);
    setHead(out, b, "key", rows, window, head, depth);
  }
  return [out];
};

/** Relevance of the probabilities [1,H,N,N] and of v in qkv [1,N,3D]. */
export const outputRule: RelevanceRule = (_node, [probabilities, qkv], relevance) => {
  const [, maps, n] = probabilities.shape;
  const [, tokens, width] = qkv.shape;
  const heads = headsOf(probabilities.shape.slice(1), [tokens]);
  const rows = tensor([tokens / n, n, width], qkv.data);
  const depth = width / 3 / heads;
  const ofProbabilities = new Float64Array(maps * n * n);
  const ofValues = new Float64Array(tokens * width);
  for (let map = 0; map < maps; map++) {
    const [window, head] = [Math.floor(map / heads), map % heads];
    const p = Float64Array.from(probabilities.data.subarray(map * n * n, (map + 1) * n * n));
    const value = headOf(rows, "value", window, head, heads, true); // [d,N]
    const r = new Float64Array(n * depth);
    for (let row = 0; row < n; row++) {
      const start = ((window * n + row) * heads + head) * depth;
      r.set(relevance.subarray(start, start + depth), row * depth);
    }
    const [a, b] = productRelevance(p, value, r, n, depth, n);
    ofProbabilities.set(a, map * n * n);
    setHead(ofValues, transposed(b, depth, n), "value", rows, window, head, depth);
  }
  return [ofProbabilities, ofValues];
};

/** a: [m,k], b: [n,k], relevance of a b^T: [m,n] -> relevance of a and of b. */
function productRelevance(
  a: Float64Array,
  b: Float64Array,
  relevance: Float64Array,
  m: number,
  n: number,
  k: number,
): [Relevance, Relevance] {
  const left = new Float64Array(m * k);
  const right = new Float64Array(n * k);
  for (let row = 0; row < m; row++) {
    const ofA = row * k;
    for (let column = 0; column < n; column++) {
      const r = relevance[row * n + column];
      if (r === 0) continue;
      const ofB = column * k;
      let z = 0;
      for (let i = 0; i < k; i++) z += a[ofA + i] * b[ofB + i];
      const share = safeDivide(r, z) / 2;
      for (let i = 0; i < k; i++) {
        left[ofA + i] += share * b[ofB + i];
        right[ofB + i] += share * a[ofA + i];
      }
    }
  }
  for (let i = 0; i < left.length; i++) left[i] *= a[i];
  for (let i = 0; i < right.length; i++) right[i] *= b[i];
  return [left, right];
}

/** Puts one head's [N,d] where it lies in the rows of its window. rows: [W,N,3D] */
function setHead(out: Relevance, part: Relevance, name: Part, { shape }: Tensor, window: number, head: number, depth: number): void {
  const [, n, width] = shape;
  const first = window * n * width + firstColumn(name, width) + head * depth;
  for (let row = 0; row < n; row++) out.set(part.subarray(row * depth, (row + 1) * depth), row * width + first);
}

function transposed(values: Relevance, rows: number, columns: number): Relevance {
  const out = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column];
  }
  return out;
}
