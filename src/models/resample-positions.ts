/**
 * Positional embeddings for another grid of patches, as PyTorch's bicubic interpolate makes them (align_corners false): without antialiasing a cubic with
 * A = -0.75 on the four nearest rows (Hugging Face), with it a cubic with A = -0.5 whose support grows with the reduction, as in Pillow (timm, registers).
 */
import { tensor, type Tensor } from "../tensor/tensor.ts";

type Grid = readonly [height: number, width: number];

/** What one row or column of the result takes from the source: weights of sources `from`, `from + 1`, ..., clamped to the edge. */
interface Tap {
  readonly from: number;
  readonly weights: readonly number[];
}

/** positions: [h*w,D] -> [H*W,D]. */
export function resamplePositions(positions: Tensor, from: Grid, to: Grid, antialias: boolean): Tensor {
  const width = positions.shape[1];
  const [rows, columns] = [0, 1].map((axis) => (antialias ? smoothTaps(from[axis], to[axis]) : cubicTaps(from[axis], to[axis])));
  const out = new Float32Array(to[0] * to[1] * width);
  const sums = new Float64Array(width);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      sums.fill(0);
      for (const [i, a] of row.weights.entries()) {
        for (const [j, b] of column.weights.entries()) {
          const source = (clamp(row.from + i, from[0]) * from[1] + clamp(column.from + j, from[1])) * width;
          for (let d = 0; d < width; d++) sums[d] += a * b * positions.data[source + d];
        }
      }
      out.set(sums, (y * to[1] + x) * width);
    }
  }
  return tensor([to[0] * to[1], width], out);
}

const clamp = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1);

function cubicTaps(from: number, to: number): Tap[] {
  return Array.from({ length: to }, (_, i) => {
    const at = ((i + 0.5) * from) / to - 0.5;
    const floor = Math.floor(at);
    return { from: floor - 1, weights: [-1, 0, 1, 2].map((offset) => cubic(at - floor - offset, -0.75)) };
  });
}

function smoothTaps(from: number, to: number): Tap[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  return Array.from({ length: to }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const raw = Array.from({ length: end - first }, (_tap, j) => cubic((j + first - centre + 0.5) / stretch, -0.5));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { from: first, weights: raw.map((weight) => weight / total) };
  });
}

/** Keys' cubic convolution kernel. */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}
