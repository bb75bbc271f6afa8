/**
 * Windows of tokens (Liu et al.: Swin Transformer, ICCV 2021, arXiv 2103.14030, section 3.2). Everything between two attentions works row by row, so the
 * rows of a stage simply stay in the order of the windows that the last attention needed; one permutation leads from block to block.
 */
import { tensor, type Tensor } from "../tensor/tensor.ts";

export type Grid = readonly [height: number, width: number];

/** Old places of the rows in their new order. */
export type Order = readonly number[];

/** timm and Hugging Face mark what must not be seen with this instead of minus infinity. */
const HIDDEN = -100;

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

/** Bias [H,N,N] of a window from the table [(2 window - 1)^2, H]: entry (y_i - y_j, x_i - x_j), both counted from 1 - window. */
export function relativeBias(table: Tensor, window: number): Tensor {
  const heads = table.shape[1];
  const tokens = window * window;
  const side = 2 * window - 1;
  const out = new Float32Array(heads * tokens * tokens);
  let at = 0;
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < tokens; i++) {
      for (let j = 0; j < tokens; j++) {
        const dy = Math.floor(i / window) - Math.floor(j / window) + window - 1;
        const dx = (i % window) - (j % window) + window - 1;
        out[at++] = table.data[(dy * side + dx) * heads + head];
      }
    }
  }
  return tensor([heads, tokens, tokens], out);
}

/** Bias [H,1+N,1+N] of a class token and a grid (BEiT) from the table [(2h - 1)(2w - 1) + 3, H]: its last rows are class to token, token to class, class to class. */
export function relativeBiasWithClass(table: Tensor, [height, width]: Grid): Tensor {
  const [rows, heads] = table.shape;
  const tokens = 1 + height * width;
  const out = new Float32Array(heads * tokens * tokens);
  const entry = (i: number, j: number): number => {
    if (i === 0) return j === 0 ? rows - 1 : rows - 3;
    if (j === 0) return rows - 2;
    const dy = Math.floor((i - 1) / width) - Math.floor((j - 1) / width) + height - 1;
    const dx = ((i - 1) % width) - ((j - 1) % width) + width - 1;
    return dy * (2 * width - 1) + dx;
  };
  for (let i = 0; i < tokens; i++) {
    for (let j = 0; j < tokens; j++) {
      const from = entry(i, j) * heads;
      for (let head = 0; head < heads; head++) out[(head * tokens + i) * tokens + j] = table.data[from + head];
    }
  }
  return tensor([heads, tokens, tokens], out);
}

/** The bias of every window [W*H,N,N]: tokens that the roll brought together from opposite edges do not see each other. bias: [H,N,N] */
export function maskedBias(bias: Tensor, [height, width]: Grid, window: number, shift: number): Tensor {
  const [heads, tokens] = bias.shape;
  const regions = windowRegions([height, width], window, shift);
  const windows = regions.length / tokens;
  const out = new Float32Array(windows * bias.data.length);
  for (let w = 0, at = 0; w < windows; w++) {
    for (let k = 0; k < heads * tokens * tokens; k++, at++) {
      const [i, j] = [Math.floor(k / tokens) % tokens, k % tokens];
      out[at] = bias.data[k] + (regions[w * tokens + i] === regions[w * tokens + j] ? 0 : HIDDEN);
    }
  }
  return tensor([windows * heads, tokens, tokens], out);
}

/** For each token of the rolled image, window by window, which of its nine parts it lies in. */
function windowRegions([height, width]: Grid, window: number, shift: number): number[] {
  const part = (at: number, size: number) => (at < size - window ? 0 : at < size - shift ? 1 : 2);
  return windowOrder([height, width], window, 0).map((place) => 3 * part(Math.floor(place / width), height) + part(place % width, width));
}
