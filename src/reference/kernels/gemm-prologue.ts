/** Linear layers with a prologue, a normalization or patchify: the twins of the two kernels, one after the other. */
import { gemmCodesDot, gemmCodesF32, gemmF32 } from "./gemm.ts";
import type { KernelTwin, Words } from "./kernel-twin.ts";
import { layerNorm, patchify, rmsNorm } from "./rows.ts";

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

function ofPatches(layer: KernelTwin, isCodes: boolean, operands: (rest: readonly Words[]) => readonly Words[]): KernelTwin {
  return (p, constants, [pixels, ...rest], output, math) => {
    const patches: Words = new Uint32Array(p.rows * p.x_stride4 * (isCodes ? 1 : 4));
    const shape = { ...p, columns: p.patch_columns, stride4: p.x_stride4, images: p.rows / p.patches };
    patchify(shape, { QUANTIZE: isCodes ? 1 : 0 }, [pixels], patches, math);
    layer(p, constants, [patches, ...operands(rest)], output, math);
  };
}

/** shaders/gemm-patches-f32.wgsl */
export const gemmPatchesF32 = ofPatches(gemmF32, false, (rest) => rest);

/** shaders/gemm-patches-codes-f32.wgsl */
export const gemmPatchesCodesF32 = ofPatches(gemmCodesF32, true, (rest) => [...rest, unused, unused]);

/** shaders/gemm-patches-codes-dot.wgsl */
export const gemmPatchesCodesDot = ofPatches(gemmCodesDot, true, (rest) => [...rest, unused]);
