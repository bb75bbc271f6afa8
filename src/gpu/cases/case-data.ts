/** Seeded inputs of the kernel cases, special rows included. */
import { seededNormal, seededRandom } from "../../tensor/random.ts";

type Floats = Float32Array<ArrayBuffer>;
type Words = Uint32Array<ArrayBuffer>;

/** Bound where a variant does not use its binding. */
export const unused = (): Floats => new Float32Array(4);

/** Quads (vec4, or a u32 of four codes) that hold `columns`. */
export const quads = (columns: number): number => Math.ceil(columns / 4);

export function normals(seed: number, count: number, spread = 1): Floats {
  const next = seededNormal(seed);
  return Float32Array.from({ length: count }, () => spread * next());
}

export function uniforms(seed: number, count: number): Floats {
  return Float32Array.from({ length: count }, seededRandom(seed));
}

/** Words of any bits: every code of every container occurs. */
export function anyWords(seed: number, count: number): Words {
  const next = seededRandom(seed);
  return Uint32Array.from({ length: count }, () => Math.floor(next() * 2 ** 32));
}

/** Integers from low to high, both included. */
export function integers(seed: number, count: number, low: number, high: number): Int32Array<ArrayBuffer> {
  const next = seededRandom(seed);
  return Int32Array.from({ length: count }, () => low + Math.floor(next() * (high - low + 1)));
}

/**
 * Float rows whose kinds take turns: normal, all equal, one outlier of 1e4, zeros, multiples of one half (rounding ties), one negative outlier.
 * Returns [rows, stride]; the padding past `columns` holds large finite numbers that must not matter.
 */
export function floatRows(seed: number, rows: number, columns: number, stride: number, padding = 777): Floats {
  const random = normals(seed, rows * stride);
  return random.map((value, at) => {
    const column = at % stride;
    if (column >= columns) return padding;
    const kind = Math.floor(at / stride) % 6;
    const outlier = column === Math.floor(columns / 2);
    if (kind === 1) return 3.25;
    if (kind === 2 && outlier) return 1e4;
    if (kind === 3) return 0;
    if (kind === 4) return Math.floor(4 * value) / 2;
    if (kind === 5 && outlier) return -1e4;
    return value;
  });
}

/** Rows of codes 0..top, four per word, whose kinds take turns: random, all largest, zeros, random. Columns past `columns` are 0. */
export function codeRows(seed: number, rows: number, columns: number, stride4: number, top: number): Words {
  const next = seededRandom(seed);
  const bytes = new Uint8Array(4 * rows * stride4);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < 4 * stride4; column++, at++) {
      const random = Math.floor(next() * (top + 1));
      if (column < columns) bytes[at] = row % 4 === 1 ? top : row % 4 === 2 ? 0 : random;
    }
  }
  return new Uint32Array(bytes.buffer);
}
