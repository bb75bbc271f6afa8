/** What the cases of all three linear kernels share: the row maps and the size of the output. */
import type { Params } from "../kernel.ts";
import { quads } from "./case-data.ts";

export interface GemmShape {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** K */
  readonly depth: number;
  readonly gelu?: 0 | 1 | 2;
  readonly residual?: boolean;
  /** Rows of x between two rows that are read, and the first of them: one token of each image. */
  readonly step?: number;
  readonly offset?: number;
  /** Patch embedding: `patches` rows of each image go after `prefix` rows that stay untouched; the residual repeats per image. */
  readonly gap?: { readonly patches: number; readonly prefix: number };
  /** Quads of an output row beyond the columns, left untouched. */
  readonly outputGap?: number;
}

/** The parameters that gemm-f32 and the integer kernels have in common. */
export function rowMap(
  shape: GemmShape,
): Record<
  | "rows"
  | "columns4"
  | "depth4"
  | "x_step"
  | "x_offset"
  | "x_stride4"
  | "out_group"
  | "out_group_stride"
  | "out_offset"
  | "out_stride4"
  | "residual_rows"
  | "residual_stride4"
  | "gelu"
  | "has_residual",
  number
> {
  const { rows, gap, step = 1, offset = 0, outputGap = 0 } = shape;
  const columns4 = quads(shape.columns);
  return {
    rows,
    columns4,
    depth4: quads(shape.depth),
    x_step: step,
    x_offset: offset,
    x_stride4: quads(shape.depth),
    out_group: gap ? gap.patches : rows,
    out_group_stride: gap ? gap.patches + gap.prefix : 0,
    out_offset: gap ? gap.prefix : 0,
    out_stride4: columns4 + outputGap,
    residual_rows: gap ? gap.patches : rows,
    residual_stride4: columns4,
    gelu: shape.gelu ?? 0,
    has_residual: shape.residual ? 1 : 0,
  };
}

/** The record without some of its entries. */
export function without(record: Params, ...names: readonly string[]): Params {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** Rows of x that the map can reach. */
export function sourceRows(p: Params): number {
  return (p.rows - 1) * p.x_step + p.x_offset + 1;
}

/** Words up to the end of the last row written. */
export function gemmOutputWords(p: Params, wordsPerQuad: 1 | 4): number {
  const last = p.rows - 1;
  const lastRow = Math.floor(last / p.out_group) * p.out_group_stride + p.out_offset + (last % p.out_group);
  return (lastRow + 1) * p.out_stride4 * wordsPerQuad;
}
