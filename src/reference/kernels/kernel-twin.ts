import type { Arithmetic } from "../exact-math.ts";

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
