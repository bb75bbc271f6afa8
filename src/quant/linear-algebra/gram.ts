/** Running sums over rows of activations, in float64: Gram matrices X^T X, cross-Gram matrices X^T Y and column sums. */
import { mirrorLower, transposedView } from "./matrix.ts";
import { addProduct } from "./multiply.ts";

export interface Gram {
  /** Rows that were added. */
  readonly count: number;
  /** [k,k], symmetric. */
  readonly gram: Float64Array<ArrayBuffer>;
  /** [k]: sum over rows. */
  readonly sum: Float64Array<ArrayBuffer>;
}

export interface GramCollector {
  /** rows: [R,k]. */
  add(rows: Float32Array): void;
  /** The sums so far; the arrays are the collector's own and change with the next `add`. */
  total(): Gram;
}

export function createGram(k: number): GramCollector {
  const gram = new Float64Array(k * k);
  const sum = new Float64Array(k);
  let count = 0;
  return {
    add(rows) {
      const added = rowCount(rows, k);
      const columns = transposedView(rows, k);
      addProduct({ data: gram, offset: 0, rowStride: k }, columns, columns, { m: k, n: k, k: added }, 1, true);
      addRows(sum, rows, k);
      count += added;
    },
    total() {
      mirrorLower(gram, k);
      return { count, gram, sum };
    },
  };
}

export interface CrossGram {
  readonly count: number;
  /** [kx,ky]: element (i, j) = sum over rows of x_i y_j. */
  readonly gram: Float64Array<ArrayBuffer>;
}

export interface CrossGramCollector {
  /** x: [R,kx], y: [R,ky]. */
  add(x: Float32Array, y: Float32Array): void;
  total(): CrossGram;
}

export function createCrossGram(kx: number, ky: number): CrossGramCollector {
  const gram = new Float64Array(kx * ky);
  let count = 0;
  return {
    add(x, y) {
      const added = rowCount(x, kx);
      if (rowCount(y, ky) !== added)
        throw new Error(`internal: ${added} rows on one side of a cross-Gram matrix, ${y.length / ky} on the other`);
      addProduct({ data: gram, offset: 0, rowStride: ky }, transposedView(x, kx), transposedView(y, ky), { m: kx, n: ky, k: added });
      count += added;
    },
    total: () => ({ count, gram }),
  };
}

/** sum: [k] += the rows. */
export function addRows(sum: Float64Array, rows: Float32Array, k: number): void {
  for (let start = 0; start < rows.length; start += k) {
    for (let i = 0; i < k; i++) sum[i] += rows[start + i];
  }
}

function rowCount(rows: Float32Array, k: number): number {
  const count = rows.length / k;
  if (!Number.isInteger(count)) throw new Error(`internal: ${rows.length} values are not rows of ${k}`);
  return count;
}
