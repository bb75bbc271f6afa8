/** Unsigned integers out of bytes that may be hostile: a position outside reads as zero, so callers need no check of their own. */
export type ByteOrder = "little" | "big";

export function uint16(bytes: Uint8Array, at: number, order: ByteOrder): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  return order === "little" ? first + second * 256 : first * 256 + second;
}

export function uint32(bytes: Uint8Array, at: number, order: ByteOrder): number {
  const first = uint16(bytes, at, order);
  const second = uint16(bytes, at + 2, order);
  return order === "little" ? first + second * 65536 : first * 65536 + second;
}

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
