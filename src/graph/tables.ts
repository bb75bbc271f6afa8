/** Weights of nodes that are no parameters: whole numbers that follow from the geometry (rows that a window reads, distances, regions), -1 for none. */
export function isTable(name: string): boolean {
  return name === "indices" || name === "regions";
}

/** Two bytes for each number, one more than it, lowest first; null where a number needs more. */
export function packTable(values: Float32Array): Uint8Array<ArrayBuffer> | null {
  const out = new Uint8Array(2 * values.length);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) {
    if (!Number.isInteger(value) || value < -1 || value >= 0xffff) return null;
    view.setUint16(2 * i, value + 1, true);
  }
  return out;
}

export function unpackTable(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true) - 1);
}
