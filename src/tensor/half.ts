/** IEEE 754 binary16 as the kernels store it: only zero and normal numbers, because adapters may flush subnormal ones. */
import { roundTiesToEven } from "./rounding.ts";

/** Smallest normal f16, 2^-14. */
const SMALLEST = 2 ** -14;
/** Largest finite f16. */
export const LARGEST_HALF = 65504;

/** Bits of the nearest f16, ties to even; below 2^-14 the nearer of 0 and 2^-14. Throws on NaN and where the nearest would be infinite. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude < SMALLEST) return sign | (magnitude > SMALLEST / 2 ? 0x0400 : 0);
  let exponent = Math.floor(Math.log2(magnitude));
  // Math.log2 may round up to the next power of two.
  if (2 ** exponent > magnitude) exponent--;
  let mantissa = roundTiesToEven((magnitude / 2 ** exponent - 1) * 1024);
  if (mantissa === 1024) {
    mantissa = 0;
    exponent++;
  }
  if (!(exponent <= 15)) throw new Error(`internal: ${value} is no f16`);
  return sign | ((exponent + 15) << 10) | mantissa;
}

/** halfBits, but what lies past the largest f16 becomes it: how kernels store what they compute. Throws on NaN. */
export function saturatedHalfBits(value: number): number {
  return halfBits(Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, value)));
}

/** The number that normal or zero bits stand for. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  return exponent === 0 ? (sign < 0 ? -0 : 0) : sign * (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
}

/** Two to a word, the first in the low half; an odd last one has a zero beside it. */
export function packHalves(values: Float32Array): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(values.length / 2));
  values.forEach((value, i) => (words[i >> 1] |= halfBits(value) << (16 * (i & 1))));
  return words;
}

/** The inverse of packHalves, all halves of all words. */
export function unpackHalves(words: Uint32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 2 * words.length }, (_, i) => halfValue((words[i >> 1] >>> (16 * (i & 1))) & 0xffff));
}
