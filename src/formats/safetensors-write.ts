/** Writing safetensors. Tensors lie in the order given, wider elements first, so that every one is aligned to its element size. */
import type { DType, Shape } from "../tensor/tensor.ts";
import type { StoredDType } from "./stored-dtype.ts";
import type { AnyTensor } from "./tensor-store.ts";

const storedNames: Record<DType | "i8", StoredDType> = { f32: "F32", i32: "I32", u32: "U32", u8: "U8", i8: "I8" };

/** Signed bytes are written for other programs; reading widens them. */
export type StorableTensor = AnyTensor | { readonly dtype: "i8"; readonly shape: Shape; readonly data: Int8Array<ArrayBuffer> };

/** The bytes of a whole file. */
export function writeSafetensors(
  tensors: Readonly<Record<string, StorableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const ordered = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let position = 0;
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === "__metadata__") throw new Error("internal: __metadata__ is no name for a tensor");
    entries.push([name, { dtype: storedNames[dtype], shape, data_offsets: [position, position + data.byteLength] }]);
    position += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(text.length / 8) * 8; // padded with spaces, so that data starts on a multiple of 8
  const file = new Uint8Array(8 + headerBytes + position).fill(0x20, 8, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, 8);
  let offset = 8 + headerBytes;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}
