import type { Tensor } from "../tensor/tensor.ts";

/** Which third of the columns of qkv [B,N,3D]; inside a third the heads follow each other. */
export type Part = "query" | "key" | "value";
const PARTS: readonly Part[] = ["query", "key", "value"];

/** First column of a part; each is D = width/3 columns wide. */
export function firstColumn(part: Part, width: number): number {
  return (PARTS.indexOf(part) * width) / 3;
}

/** One head of one image in f64, row-major [N,d], or [d,N] when `transposed`. */
export function headOf(qkv: Tensor, part: Part, image: number, head: number, numHeads: number, transposed = false): Float64Array {
  const [, n, width] = qkv.shape;
  const d = width / 3 / numHeads;
  const first = firstColumn(part, width) + head * d;
  const out = new Float64Array(n * d);
  for (let row = 0; row < n; row++) {
    const start = (image * n + row) * width + first;
    for (let i = 0; i < d; i++) out[transposed ? i * n + row : row * d + i] = qkv.data[start + i];
  }
  return out;
}
