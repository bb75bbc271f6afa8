/** Random access to the bytes of one file, wherever it lies; nothing is read until `slice` is called. */
export interface ByteSource {
  /** File name, with its folder when it came from one: "deit/model.safetensors". */
  readonly name: string;
  readonly byteLength: number;
  /** The bytes of [start, end); throws an InputError when the file ends before `end`. */
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A source over a Blob or File (page, worker). */
export function fromBlob(blob: Blob, name: string): ByteSource {
  return {
    name,
    byteLength: blob.size,
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** A source over bytes in memory. */
export function fromBytes(bytes: Uint8Array<ArrayBuffer>, name: string): ByteSource {
  return { name, byteLength: bytes.byteLength, slice: (start, end) => Promise.resolve(bytes.slice(start, end)) };
}
