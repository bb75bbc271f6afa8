import type { DroppedFile } from "../worker/lab-api.ts";

const CHUNK_BYTES = 2 ** 24;

/** Whether two sets of files hold the same bytes, whatever they are called; reads no further than the first difference. */
export async function sameFiles(first: readonly DroppedFile[], second: readonly DroppedFile[], signal?: AbortSignal): Promise<boolean> {
  if (first.length === 0 || first.length !== second.length) return false;
  const bySize = (files: readonly DroppedFile[]): Blob[] => files.map(({ blob }) => blob).toSorted((a, b) => b.size - a.size);
  const [left, right] = [bySize(first), bySize(second)];
  if (left.some(({ size }, i) => size !== right[i]?.size)) return false;
  try {
    for (const [i, blob] of left.entries()) if (!(await sameBytes(blob, right[i] ?? new Blob(), signal))) return false;
  } catch (error) {
    signal?.throwIfAborted();
    // A file that went away since it was opened cannot be compared.
    if (error instanceof DOMException) return false;
    throw error;
  }
  return true;
}

async function sameBytes(first: Blob, second: Blob, signal?: AbortSignal): Promise<boolean> {
  for (let start = 0; start < first.size; start += CHUNK_BYTES) {
    signal?.throwIfAborted();
    const [a, b] = await Promise.all([first, second].map((blob) => blob.slice(start, start + CHUNK_BYTES).arrayBuffer()));
    const [left, right] = [new Uint8Array(a ?? new ArrayBuffer()), new Uint8Array(b ?? new ArrayBuffer())];
    if (left.some((byte, at) => byte !== right[at])) return false;
  }
  return true;
}
