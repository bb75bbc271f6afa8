import type { Constants, Params } from "../kernel.ts";
import type { KernelInput } from "../run-kernel.ts";

/**
 * One dispatch with which a kernel is checked against its CPU twin: in tests, and as the self-test on a user's GPU.
 * Small, but at the edges: sizes that are no multiple of a tile, gaps that must stay untouched, ties, outliers, largest codes.
 */
export interface KernelCase {
  readonly name: string;
  readonly params: Params;
  readonly constants: Constants;
  /** One array per storage binding but the last, made anew (and equal) at every call. */
  inputs(): KernelInput[];
  /** Length of the output binding. Words in it that the kernel has no business with must be left as they are. */
  readonly outputWords: number;
}
