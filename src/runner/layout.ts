import { unpackHalves } from "../tensor/half.ts";

/** How a value lies in its buffer: rows of quads (vec4f, two u32 with four f16, or one u32 with four 8-bit codes), heads padded to whole quads. */
export interface Layout {
  readonly kind: "f32" | "f16" | "codes";
  /** Rows for one image: tokens, or heads x tokens for attention maps. */
  readonly rows: number;
  /** 3 for the fused q, k, v; otherwise 1. */
  readonly sections: number;
  /** Heads side by side in a section; 1 where columns are not split. */
  readonly heads: number;
  /** True columns of a head. */
  readonly headDim: number;
  /** Words behind the columns of each row that are no columns (DeMax: scale, maximum and its index); absent: 0. */
  readonly rowWords?: number;
}

export function pad4(count: number): number {
  return Math.ceil(count / 4) * 4;
}

export function padTo(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

/** Plain rows of `columns`, no heads. */
export function rowLayout(kind: Layout["kind"], rows: number, columns: number): Layout {
  return { kind, rows, sections: 1, heads: 1, headDim: columns };
}

/** Logical columns of a row. */
export function columnCount(layout: Layout): number {
  return layout.sections * layout.heads * layout.headDim;
}

/** Columns as stored, padding and the words behind them included (four codes each); a multiple of four. */
export function storedColumns(layout: Layout): number {
  return layout.sections * layout.heads * pad4(layout.headDim) + 4 * (layout.rowWords ?? 0);
}

/** Quads in a row. */
export function stride4(layout: Layout): number {
  return storedColumns(layout) / 4;
}

/** Stored position of each logical column. */
export function columnPositions(layout: Layout): Int32Array {
  const padded = pad4(layout.headDim);
  return Int32Array.from({ length: columnCount(layout) }, (_, c) => Math.floor(c / layout.headDim) * padded + (c % layout.headDim));
}

const QUAD_BYTES = { f32: 16, f16: 8, codes: 4 } as const;

export function layoutBytes(layout: Layout, images: number): number {
  return images * layout.rows * stride4(layout) * QUAD_BYTES[layout.kind];
}

/** The raw numbers of a value without padding: floats, or codes as numbers. words: as read back. Result: [images * rows, columns]. */
export function readValue(layout: Layout, words: Uint32Array<ArrayBuffer>, images: number): Float32Array<ArrayBuffer> {
  const columns = columnCount(layout);
  const stride = storedColumns(layout);
  const rows = images * layout.rows;
  const out = new Float32Array(rows * columns);
  const source = storedNumbers(layout, words);
  const { headDim } = layout;
  const padded = pad4(headDim);
  // Whole heads are copied; where nothing is padded, everything at once.
  if (stride === columns) {
    out.set(source.subarray(0, out.length));
    return out;
  }
  for (let row = 0, at = 0; row < rows; row++) {
    for (let from = row * stride, end = at + columns; at < end; at += headDim, from += padded)
      out.set(source.subarray(from, from + headDim), at);
  }
  return out;
}

function storedNumbers({ kind }: Layout, words: Uint32Array<ArrayBuffer>): Float32Array | Uint8Array {
  if (kind === "f16") return unpackHalves(words);
  return kind === "f32" ? new Float32Array(words.buffer, words.byteOffset) : new Uint8Array(words.buffer, words.byteOffset);
}
