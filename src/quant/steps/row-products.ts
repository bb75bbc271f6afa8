/**
 * X^T Y over the rows of a calibration batch, large ones by the executor that also runs the model: as the matrix product of X^T with the weights Y^T. A piece
 * of rows is summed there in float32 and pieces here in float64. For X^T X of rows it is several times faster than the same sum in float64 on one core
 * (docs/measurements.md), although half of a symmetric result is computed twice.
 */
import type { Node } from "../../graph/graph.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { createCrossGram } from "../linear-algebra/gram.ts";

type RunNode = (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;

/** Fewer multiply-adds than this are not worth the way to the executor. */
const EXECUTOR_FROM = 2 ** 24;
/** Rows of a piece: few enough for sums in float32, and for memory. */
const PIECE_ROWS = 2048;

/** x: [R,kx], y: [R,ky] -> [kx,ky], element (i, j) = sum over rows of x_i y_j. x and y may be the same array. */
export async function rowProducts(
  x: Float32Array<ArrayBuffer>,
  kx: number,
  y: Float32Array<ArrayBuffer>,
  ky: number,
  runNode: RunNode,
): Promise<Float64Array<ArrayBuffer>> {
  const rows = x.length / kx;
  if (!Number.isInteger(rows) || y.length !== rows * ky)
    throw new Error(`internal: ${x.length / kx} and ${y.length / ky} rows do not pair`);
  if (rows * kx * ky < EXECUTOR_FROM) {
    const sums = createCrossGram(kx, ky);
    sums.add(x, y);
    return sums.total().gram;
  }
  const total = new Float64Array(kx * ky);
  for (let start = 0; start < rows; start += PIECE_ROWS) {
    const count = Math.min(PIECE_ROWS, rows - start);
    const left = transposed(x, start, count, kx);
    const right = x === y ? left : transposed(y, start, count, ky);
    const node: Node = { name: "row products", op: "Gemm", inputs: ["x"], attributes: {}, weights: { weight: tensor([ky, count], right) } };
    const { data } = await runNode(node, [tensor([1, kx, count], left)]);
    for (let i = 0; i < total.length; i++) total[i] += data[i];
  }
  return total;
}

/** Rows [start, start + count) of x: [R,k] as [k,count]; a block of columns at a time, so that both sides stay in the cache. */
function transposed(x: Float32Array<ArrayBuffer>, start: number, count: number, k: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count * k);
  const block = 16;
  for (let from = 0; from < k; from += block) {
    const to = Math.min(k, from + block);
    for (let row = 0; row < count; row++) {
      const at = (start + row) * k;
      for (let c = from; c < to; c++) out[c * count + row] = x[at + c];
    }
  }
  return out;
}
