import { round, type Arithmetic } from "../exact-math.ts";

/** A buffer as the kernels see it. */
export type Words = Uint32Array<ArrayBuffer>;

/** What a dispatch would do, on the CPU and predicted to the bit: reads the same packed buffers, fills the same output words. */
export type KernelTwin = (
  params: Readonly<Record<string, number>>,
  constants: Readonly<Record<string, number>>,
  inputs: readonly Words[],
  output: Words,
  math: Arithmetic,
) => void;

export const floats = (words: Words) => new Float32Array(words.buffer, words.byteOffset, words.length);
export const integers = (words: Words) => new Int32Array(words.buffer, words.byteOffset, words.length);
export const codes = (words: Words) => new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
export const f32 = Math.fround;

export function clampCode(code: number, top: number): number {
  return code < 0 ? 0 : code > top ? top : code;
}

/** codes_encode of shaders/lib/codes.wgsl: clamp(round(v * inverse) + zero, 0, top), the fraction of `zero` inside the rounding. */
export function encodeCode(v: number, inverse: number, zero: number, top: number, math: Arithmetic): number {
  const whole = round(zero);
  return clampCode(f32(round(math.fma(v, inverse, f32(zero - whole))) + whole), top);
}
