/**
 * How a producer's epilogue encodes each column: code = clamp(round(v * inverse[c]) + zero[c], 0, top[c]), with the fraction of zero[c] inside the
 * rounding (codes_encode in shaders/lib/codes.wgsl).
 *
 * A fused Affine v * a + b before codes of step s and zero point z costs nothing: inverse = a / s, zero = b / s + z. Passes choose b so that b / s is an
 * integer but for the rounding of f32; within 1e-3 of one it is taken as that integer, otherwise its fraction stays.
 */
import type { Node } from "../graph/graph.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import type { Codes } from "./lowering.ts";
import { codeMax } from "./pack-weights.ts";
import { gridAt } from "./quantizer-entry.ts";

export interface OutputColumns {
  readonly inverse: Float32Array<ArrayBuffer>;
  readonly zero: Float32Array<ArrayBuffer>;
  /** Largest code of each column. */
  readonly top: Int32Array<ArrayBuffer>;
  /** Largest code of the first section. */
  readonly max: number;
}

/** As near to an integer as the rounding of b and s in f32 leaves it. */
const NEARLY_INTEGER = 1e-3;

export function outputColumns(codes: Codes, affine: Node | null, columns: number): OutputColumns {
  const inverse = new Float32Array(columns);
  const zero = new Float32Array(columns);
  const top = new Int32Array(columns);
  const perSection = columns / codes.quantizers.length;
  for (let c = 0; c < columns; c++) {
    const quantizer = codes.quantizers[Math.floor(c / perSection)];
    const { scale, zero: zeroPoint } = gridAt(quantizer, c % perSection, perSection);
    const factor = affine ? affine.weights.scale.data[c] : 1;
    const shift = (affine ? affine.weights.bias.data[c] : 0) / scale;
    const nearest = roundTiesToEven(shift);
    inverse[c] = factor / scale;
    zero[c] = (Math.abs(shift - nearest) < NEARLY_INTEGER ? nearest : shift) + zeroPoint;
    top[c] = codeMax(quantizer);
  }
  return { inverse, zero, top, max: codeMax(codes.quantizers[0]) };
}
