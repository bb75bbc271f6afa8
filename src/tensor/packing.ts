/** Codes of 1 to 8 bits as a dense stream of bits: code i takes bits [i*bits, (i+1)*bits), lowest bit first, bytes in order. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  for (let i = 0, bit = 0; i < codes.length; i++, bit += bits) {
    const shifted = codes[i] << (bit & 7);
    packed[bit >> 3] |= shifted;
    if (shifted > 255) packed[(bit >> 3) + 1] |= shifted >> 8;
  }
  return packed;
}

/** The inverse of packBits for `count` codes. Throws when the stream is too short. */
export function unpackBits(packed: Uint8Array, bits: number, count: number): Uint8Array<ArrayBuffer> {
  if (packed.length < Math.ceil((count * bits) / 8)) {
    throw new Error(`internal: ${count} codes of ${bits} bits need ${Math.ceil((count * bits) / 8)} bytes, got ${packed.length}`);
  }
  const codes = new Uint8Array(count);
  const mask = (1 << bits) - 1;
  for (let i = 0, bit = 0; i < count; i++, bit += bits) {
    const at = bit >> 3;
    codes[i] = ((packed[at] | ((packed[at + 1] ?? 0) << 8)) >> (bit & 7)) & mask;
  }
  return codes;
}
