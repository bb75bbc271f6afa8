/**
 * The left side of an integer product: codes widened to 16 bits, or the integers that a table gives them. Integers past 15 bits are split into parts of
 * 15 bits, each multiplied by itself.
 */
import type { Pointer } from "./exports.ts";
import type { WasmHost } from "./host.ts";

/** A part is an integer's bits from here on: 15, 15 and what is left. */
const PART_SHIFTS = [0, 15, 30];
const PART_MASK = 0x7fff;
/** Codes that a table of levels has entries for. */
export const TABLE_CODES = 256;

export interface LevelRows {
  /** Take `rows` rows of codes, `stride` bytes apart. */
  load(from: Pointer, stride: number, rows: number): void;
  /** sums = entries [start, start + depth) of the loaded rows times the panels at `b`; rowSums = what those entries add up to. */
  multiply(rows: number, start: number, depth: number, b: Pointer, bStride: number, sums: Pointer, rowSums: Pointer): void;
}

/** Room for `maxRows` rows of `width` codes, in the caller's temporary memory. `table`: f32 levels of 256 codes; 0: a code stands for itself. */
export function levelRows(host: WasmHost, maxRows: number, width: number, table: Pointer, panels: number): LevelRows {
  if (table === 0) {
    const rows16 = host.allocate(2 * maxRows * width);
    return {
      load: (from, stride, rows) => host.kernels.widenCodes(from, stride, rows, width, rows16),
      multiply(rows, start, depth, b, bStride, sums, rowSums) {
        multiplyPart(host, rows16 + 2 * start, 2 * width, rows, depth, b, bStride, panels, 0, sums, rowSums);
      },
    };
  }
  const integers = host.allocate(4 * TABLE_CODES);
  const levels = new Float32Array(host.words(table, TABLE_CODES).slice().buffer);
  host.words(integers, TABLE_CODES).set(Int32Array.from(levels));
  return tableRows(host, maxRows, width, width, integers, panels);
}

/** The same with a table of i32 already in memory; rows get zeros from `width` up to `padded`. */
export function tableRows(host: WasmHost, maxRows: number, width: number, padded: number, table: Pointer, panels: number): LevelRows {
  const { kernels } = host;
  const integers = [...new Int32Array(host.words(table, TABLE_CODES).slice().buffer)];
  const used = PART_SHIFTS.filter((shift) => shift === 0 || integers.some((level) => ((level >> shift) & PART_MASK) !== 0));
  const parts = used.map((shift) => ({ shift, rows16: host.allocate(2 * maxRows * padded) }));
  const partSums = parts.length > 1 ? host.allocate(32 * maxRows * panels) : 0;
  return {
    load(from, stride, rows) {
      for (const { shift, rows16 } of parts) kernels.expandLevels(from, stride, rows, width, padded, table, shift, rows16);
    },
    multiply(rows, start, depth, b, bStride, sums, rowSums) {
      for (const { shift, rows16 } of parts) {
        const target = shift === 0 ? sums : partSums;
        multiplyPart(host, rows16 + 2 * start, 2 * padded, rows, depth, b, bStride, panels, shift, target, rowSums);
        if (shift !== 0) kernels.addShifted(partSums, 2 * rows * panels, shift, sums);
      }
    },
  };
}

function multiplyPart(
  host: WasmHost,
  a: Pointer,
  aStride: number,
  rows: number,
  depth: number,
  b: Pointer,
  bStride: number,
  panels: number,
  shift: number,
  sums: Pointer,
  rowSums: Pointer,
): void {
  if (shift === 0) host.words(rowSums, rows).fill(0);
  host.kernels.addRowSums(a, aStride, rows, depth, shift, rowSums);
  host.kernels.productI16(a, aStride, rows, b, bStride, depth / 2, panels, sums);
}
