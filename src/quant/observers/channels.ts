/** Parts of a tensor that get a quantizer of their own: rows, channels, heads or tokens. Kept per tensor, because several methods look at the same one. */
import type { Quantizer } from "../../graph/quantizer.ts";
import type { Tensor } from "../../tensor/tensor.ts";

const known = new WeakMap<Float32Array, Map<string, readonly Float32Array<ArrayBuffer>[]>>();

/**
 * x as `entries` arrays along the axis (all of the axis when undefined): null: the whole; 0: runs of equal length (rows, or groups inside rows);
 * -1: runs of columns (channels, heads); -2: tokens.
 */
export function channelsOf(x: Tensor, axis: Quantizer["axis"], entries?: number): readonly Float32Array<ArrayBuffer>[] {
  if (axis === null) return [x.data];
  const count = entries ?? x.shape.at(axis) ?? 0;
  if (axis === 0) return Array.from({ length: count }, (_, c) => x.data.subarray(runOf(x, count, c), runOf(x, count, c + 1)));
  const kept = known.get(x.data) ?? new Map<string, readonly Float32Array<ArrayBuffer>[]>();
  known.set(x.data, kept);
  const key = `${axis}/${count}`;
  const channels = kept.get(key) ?? (axis === -1 ? byColumns(x, count) : byTokens(x));
  kept.set(key, channels);
  return channels;
}

function runOf({ data }: Tensor, count: number, entry: number): number {
  return (data.length / count) * entry;
}

/** x: [...,D] -> entries of [rows * D / count] */
function byColumns({ data, shape }: Tensor, count: number): Float32Array<ArrayBuffer>[] {
  const width = shape.at(-1) ?? 0;
  const run = width / count;
  const rows = data.length / width;
  if (!Number.isInteger(run)) throw new Error(`internal: ${width} columns do not divide into ${count} runs`);
  const out = Array.from({ length: count }, () => new Float32Array(rows * run));
  for (let row = 0; row < rows; row++) {
    for (let entry = 0; entry < count; entry++) {
      const from = row * width + entry * run;
      const target = out[entry];
      for (let i = 0; i < run; i++) target[row * run + i] = data[from + i];
    }
  }
  return out;
}

/** x: [B,N,D] -> N entries of [B * D] */
function byTokens({ data, shape }: Tensor): Float32Array<ArrayBuffer>[] {
  const width = shape.at(-1) ?? 0;
  const tokens = shape.at(-2) ?? 0;
  const images = data.length / (width * tokens);
  return Array.from({ length: tokens }, (_, token) => {
    const out = new Float32Array(images * width);
    for (let image = 0; image < images; image++) {
      const from = (image * tokens + token) * width;
      out.set(data.subarray(from, from + width), image * width);
    }
    return out;
  });
}
