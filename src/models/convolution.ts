/**
 * Convolutions and pooling over tokens of an image, rows in raster order: the rows that a window reads are put side by side, and a Gemm does the rest, so
 * that a convolution is quantized and run as every other layer is.
 */
import { tensor, type Tensor } from "../tensor/tensor.ts";

export type Grid = readonly [height: number, width: number];

/** A square window. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

export function windowGrid([height, width]: Grid, { kernel, stride, padding }: Window): Grid {
  const size = (side: number) => Math.floor((side + 2 * padding - kernel) / stride) + 1;
  return [size(height), size(width)];
}

/** Rows that each window reads [M, kernel^2], row by row of the window; -1 beyond the edge. For GatherRows (zeros there) and MaxRows (nothing there). */
export function windowIndices(grid: Grid, window: Window): Tensor {
  const [height, width] = grid;
  const { kernel, stride, padding } = window;
  const [down, across] = windowGrid(grid, window);
  const indices: number[] = [];
  for (let top = 0; top < down; top++) {
    for (let left = 0; left < across; left++) {
      for (let i = 0; i < kernel * kernel; i++) {
        const y = top * stride - padding + Math.floor(i / kernel);
        const x = left * stride - padding + (i % kernel);
        indices.push(y >= 0 && y < height && x >= 0 && x < width ? y * width + x : -1);
      }
    }
  }
  return tensor([down * across, kernel * kernel], Float32Array.from(indices));
}

/** A convolution's weight [N,C,k,k] for rows of C channels side by side: [N, k*k*C]. */
export function convolutionRows({ shape, data }: Tensor): Tensor {
  const [n, c, k] = shape;
  const area = k * k;
  const out = new Float32Array(data.length);
  for (let row = 0; row < n; row++) {
    for (let channel = 0; channel < c; channel++) {
      for (let i = 0; i < area; i++) out[(row * area + i) * c + channel] = data[(row * c + channel) * area + i];
    }
  }
  return tensor([n, area * c], out);
}
