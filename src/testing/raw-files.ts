/** Files made byte by byte, so that readers meet what no writer would write. */
import { fromBytes, type ByteSource } from "../formats/byte-source.ts";

/** A safetensors file of this header (an object, or any text) and data; `announced` overrides the header length. */
export function rawSafetensors(header: unknown, dataBytes: Uint8Array | number, announced?: bigint): ByteSource {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const data = typeof dataBytes === "number" ? new Uint8Array(dataBytes) : dataBytes;
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return fromBytes(file, "model.safetensors");
}

export function textSource(text: string, name: string): ByteSource {
  return fromBytes(new TextEncoder().encode(text), name);
}

/** One character, one byte. */
export function byteSource(latin1: string, name: string): ByteSource {
  return fromBytes(
    Uint8Array.from(latin1, (character) => character.charCodeAt(0)),
    name,
  );
}

/** The little-endian bytes of a typed array. */
export function bytesOf(array: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
