/**
 * Windows of tokens (Liu et al.: Swin Transformer, ICCV 2021, arXiv 2103.14030, section 3.2). Everything between two attentions works row by row, so the
 * rows of a stage simply stay in the order of the windows that the last attention needed; one permutation leads from block to block.
 */
import { tensor, type Tensor } from "../tensor/tensor.ts";

export type Grid = readonly [height: number, width: number];

/** Old places of the rows in their new order. */
export type Order = readonly number[];

export function rasterOrder([height, width]: Grid): Order {
  return Array.from({ length: height * width }, (_, i) => i);
}

/** Raster places of the tokens, window by window, after the image was rolled up and left by `shift`. */
export function windowOrder([height, width]: Grid, window: number, shift: number): Order {
  const order: number[] = [];
  for (let top = 0; top < height; top += window) {
    for (let left = 0; left < width; left += window) {
      for (let y = top; y < top + window; y++) {
        for (let x = left; x < left + window; x++) order.push(((y + shift) % height) * width + ((x + shift) % width));
      }
    }
  }
  return order;
}

/** Raster places of the tokens, all at the first place of their patches, then all at the second (MobileViT's unfolding). */
export function patchOrder([height, width]: Grid, patch: number): Order {
  const order: number[] = [];
  for (let place = 0; place < patch * patch; place++) {
    for (let top = 0; top < height; top += patch) {
      for (let left = 0; left < width; left += patch) order.push((top + Math.floor(place / patch)) * width + left + (place % patch));
    }
  }
  return order;
}

/** Rows of the four tokens of each 2 x 2 square, columns first as the original does: [height / 2 * width / 2, 4]. */
export function mergeOrder([, width]: Grid, merged: Order): Order {
  const half = width / 2;
  return merged.flatMap((place) => {
    const [y, x] = [2 * Math.floor(place / half), 2 * (place % half)];
    return [y * width + x, (y + 1) * width + x, y * width + x + 1, (y + 1) * width + x + 1];
  });
}

export function sameOrder(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((place, row) => place === b[row]);
}

/** Weights of GatherRows that take rows which lie in the order `from` to `to`, `group` of them side by side: [M,group]. */
export function gatherIndices(from: Order, to: Order, group = 1): Tensor {
  const rowOf = new Map(from.map((place, row) => [place, row]));
  return tensor(
    [to.length / group, group],
    Float32Array.from(to, (place) => rowOf.get(place) ?? -1),
  );
}

/** Rows of a table of (2 window - 1)^2 relative positions, for each pair of tokens of a window [N,N]: (y_i - y_j, x_i - x_j), both counted from 1 - window. */
export function relativeIndices(window: number): Tensor {
  const tokens = window * window;
  const out = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) out[i * tokens + j] = distanceRow(i, j, [window, window]);
  }
  return tensor([tokens, tokens], out);
}

/** Rows of a table of window^2 distances, for each pair of tokens of a window [N,N]: |y_i - y_j| times the window, and |x_i - x_j| (TinyViT, LeViT). */
export function distanceIndices(window: number): Tensor {
  const tokens = window * window;
  const out = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) {
      const down = Math.abs(Math.floor(i / window) - Math.floor(j / window));
      out[i * tokens + j] = down * window + Math.abs((i % window) - (j % window));
    }
  }
  return tensor([tokens, tokens], out);
}

/** The same for a class token and a grid [1+N,1+N] (BEiT): the table's last three rows are class to token, token to class, class to class. rows: of the table. */
export function relativeIndicesWithClass(grid: Grid, rows: number): Tensor {
  const tokens = 1 + grid[0] * grid[1];
  const out = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) {
      const ofClass = i === 0 ? (j === 0 ? rows - 1 : rows - 3) : rows - 2;
      out[i * tokens + j] = i === 0 || j === 0 ? ofClass : distanceRow(i - 1, j - 1, grid);
    }
  }
  return tensor([tokens, tokens], out);
}

function distanceRow(i: number, j: number, [height, width]: Grid): number {
  const dy = Math.floor(i / width) - Math.floor(j / width) + height - 1;
  const dx = (i % width) - (j % width) + width - 1;
  return dy * (2 * width - 1) + dx;
}

/** For each token of the rolled image, window by window, which of its nine parts it lies in [W,N]: parts that the roll brought together do not see each other. */
export function windowRegions([height, width]: Grid, window: number, shift: number): Tensor {
  const part = (at: number, size: number) => (at < size - window ? 0 : at < size - shift ? 1 : 2);
  const regions = windowOrder([height, width], window, 0).map(
    (place) => 3 * part(Math.floor(place / width), height) + part(place % width, width),
  );
  return tensor([(height * width) / window ** 2, window ** 2], Float32Array.from(regions));
}
