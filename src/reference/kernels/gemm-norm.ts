/** Linear layers with a normalization as their prologue: the twins of the two kernels, one after the other. */
import { gemmCodesDot, gemmCodesF32, gemmF32 } from "./gemm.ts";
import type { KernelTwin, Words } from "./kernel-twin.ts";
import { layerNorm, rmsNorm } from "./rows.ts";

/** `operands`: what the layer's twin takes behind x, from what this kernel takes behind gain and shift. */
function normed(layer: KernelTwin, isCodes: boolean, operands: (rest: readonly Words[]) => readonly Words[]): KernelTwin {
  return (p, constants, [x, gain, shift, ...rest], output, math) => {
    const rows = x.length / (4 * p.x_stride4);
    const normalized: Words = new Uint32Array(isCodes ? x.length / 4 : x.length);
    const norm = constants.CENTRED ? layerNorm : rmsNorm;
    const quads = { rows, columns: p.columns, stride4: p.x_stride4, inverse_columns: p.inverse_columns, epsilon: p.epsilon };
    norm({ ...quads, code_max: p.norm_max ?? 0 }, { QUANTIZE: isCodes ? 1 : 0 }, [x, gain, shift], normalized, math);
    layer(p, constants, [normalized, ...operands(rest)], output, math);
  };
}

const unused: Words = new Uint32Array(4);

/** shaders/gemm-norm-f32.wgsl */
export const gemmNormF32 = normed(gemmF32, false, (rest) => rest);

/** shaders/gemm-norm-codes-f32.wgsl */
export const gemmNormCodesF32 = normed(gemmCodesF32, true, (rest) => [...rest, unused, unused, unused]);

/** shaders/gemm-norm-codes-dot.wgsl */
export const gemmNormCodesDot = normed(gemmCodesDot, true, (rest) => [...rest, unused, unused]);
