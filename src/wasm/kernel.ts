/** The contract of a kernel in WebAssembly: what src/gpu/kernel.ts is for shaders. */
import type { Pointer } from "./exports.ts";
import type { WasmHost } from "./host.ts";

export interface WasmCall {
  readonly host: WasmHost;
  readonly params: Readonly<Record<string, number>>;
  readonly constants: Readonly<Record<string, number>>;
  readonly output: Pointer;
  /** Where the words of input `index` lie; constants are copied to memory once. */
  input(index: number): Pointer;
  /**
   * Another form of input `index`, made by `build` from the words at `from`; kept where the input is a constant. To be asked for before anything
   * is allocated for the call.
   */
  derived(index: number, form: string, sizeBytes: number, build: (from: Pointer, to: Pointer) => void): Pointer;
}

/** Does what a dispatch of the shader would do, to the bit, on an adapter that rounds fma twice. */
export type WasmKernel = (call: WasmCall) => void;

/** Rows whose sums lie in memory at a time: few enough for the second-level cache. */
export const BAND_ROWS = 48;

/** Calls `work` for each band of rows. */
export function forBands(rows: number, work: (first: number, count: number) => void): void {
  for (let first = 0; first < rows; first += BAND_ROWS) work(first, Math.min(BAND_ROWS, rows - first));
}
