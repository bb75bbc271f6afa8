import type { KernelName } from "../gpu/kernels/index.ts";
import { activation } from "../reference/kernels/activation.ts";
import {
  attentionOutputCodesF32,
  attentionOutputCodesShift,
  attentionOutputF32,
  attentionScoresCodes,
  attentionScoresF32,
} from "../reference/kernels/attention.ts";
import { attentionRowsCodes, attentionRowsF32 } from "../reference/kernels/attention-rows.ts";
import { depthwise, depthwiseCodes } from "../reference/kernels/depthwise.ts";
import {
  gemmCodesCombine,
  gemmCodesDot,
  gemmCodesDotPartial,
  gemmCodesF32,
  gemmCodesF32Partial,
  gemmF32,
  gemmF32Combine,
  gemmF32Partial,
} from "../reference/kernels/gemm.ts";
import {
  gemmNormCodesDot,
  gemmNormCodesF32,
  gemmNormF32,
  gemmPatchesCodesDot,
  gemmPatchesCodesF32,
  gemmPatchesF32,
} from "../reference/kernels/gemm-prologue.ts";
import {
  attentionOutputF16,
  attentionRowsF16,
  attentionScoresF16,
  gemmF16,
  gemmF16Combine,
  gemmF16Partial,
  layerNormF16,
  rmsNormF16,
} from "../reference/kernels/halves.ts";
import { dequantizeColumns, layerNormInteger, quantizeColumns, softmaxInteger } from "../reference/kernels/integer-rows.ts";
import type { KernelTwin } from "../reference/kernels/kernel-twin.ts";
import { headGate, linearAttention, linearAttentionSums } from "../reference/kernels/linear-attention.ts";
import { normalizePixels, resample } from "../reference/kernels/pixels.ts";
import {
  affine,
  fakeQuantize,
  fakeQuantizeCodebook,
  layerNorm,
  patchify,
  quantize,
  reduceMean,
  rmsNorm,
  softmax,
} from "../reference/kernels/rows.ts";
import { softmaxDemax } from "../reference/kernels/softmax-demax.ts";
import { attentionBias, gatherRows, maxRows, softmaxPool } from "../reference/kernels/windows.ts";

/** Each kernel with its CPU twin. A kernel without one is a compile error. */
export const kernelTwins: Readonly<Record<KernelName, KernelTwin>> = {
  activation,
  affine,
  "attention-bias": attentionBias,
  "attention-output-codes-f32": attentionOutputCodesF32,
  "attention-output-codes-shift": attentionOutputCodesShift,
  "attention-output-f32": attentionOutputF32,
  "attention-output-f16": attentionOutputF16,
  "attention-rows-codes-f32": attentionRowsCodes,
  "attention-rows-codes-integer": attentionRowsCodes,
  "attention-rows-f32": attentionRowsF32,
  "attention-rows-f16": attentionRowsF16,
  "attention-share-codes-f32": attentionRowsCodes,
  "attention-share-codes-integer": attentionRowsCodes,
  "attention-share-f32": attentionRowsF32,
  "attention-share-f16": attentionRowsF16,
  "attention-scores-codes-dot": attentionScoresCodes,
  "attention-scores-codes-f32": attentionScoresCodes,
  "attention-scores-f32": attentionScoresF32,
  "attention-scores-f16": attentionScoresF16,
  "attention-tile-codes": attentionRowsCodes,
  "attention-tile-f32": attentionRowsF32,
  "attention-tile-f16": attentionRowsF16,
  depthwise,
  "depthwise-codes": depthwiseCodes,
  "dequantize-columns": dequantizeColumns,
  "fake-quantize": fakeQuantize,
  "fake-quantize-codebook": fakeQuantizeCodebook,
  "gather-rows": gatherRows,
  "gemm-codes-dot": gemmCodesDot,
  "gemm-codes-f32": gemmCodesF32,
  "gemm-codes-f32-share33": gemmCodesF32,
  "gemm-f32": gemmF32,
  "gemm-f32-share33": gemmF32,
  "gemm-codes-combine": gemmCodesCombine,
  "gemm-codes-dot-partial": gemmCodesDotPartial,
  "gemm-codes-dot-subgroup": gemmCodesDot,
  "gemm-codes-dot-tiled": gemmCodesDot,
  "gemm-codes-f32-partial": gemmCodesF32Partial,
  "gemm-codes-f32-subgroup": gemmCodesF32,
  "gemm-codes-f32-tiled": gemmCodesF32,
  "gemm-f16": gemmF16,
  "gemm-f16-matrix": gemmF16,
  "gemm-f16-combine": gemmF16Combine,
  "gemm-f16-partial": gemmF16Partial,
  "gemm-f16-share33": gemmF16,
  "gemm-f16-subgroup": gemmF16,
  "gemm-f16-tiled": gemmF16,
  "gemm-f32-combine": gemmF32Combine,
  "gemm-f32-partial": gemmF32Partial,
  "gemm-f32-subgroup": gemmF32,
  "gemm-f32-tiled": gemmF32,
  "head-gate": headGate,
  "gemm-norm-codes-dot": gemmNormCodesDot,
  "gemm-norm-codes-f32": gemmNormCodesF32,
  "gemm-norm-f32": gemmNormF32,
  "gemm-patches-codes-dot": gemmPatchesCodesDot,
  "gemm-patches-codes-f32": gemmPatchesCodesF32,
  "gemm-patches-f32": gemmPatchesF32,
  "layer-norm": layerNorm,
  "layer-norm-f16": layerNormF16,
  "layer-norm-integer": layerNormInteger,
  "linear-attention": linearAttention,
  "linear-attention-sums": linearAttentionSums,
  "normalize-pixels": normalizePixels,
  "max-rows": maxRows,
  patchify,
  quantize,
  "quantize-columns": quantizeColumns,
  "reduce-mean": reduceMean,
  resample,
  "rms-norm": rmsNorm,
  "rms-norm-f16": rmsNormF16,
  softmax,
  "softmax-demax": softmaxDemax,
  "softmax-integer": softmaxInteger,
  "softmax-pool": softmaxPool,
};

/** How far floats of a kernel may lie from the twin's, and why. */
export interface KernelTolerance {
  /** Of the largest magnitude of the output; of one row, where `byRow` says so. f16 may be rounded to the next one besides. */
  readonly relative: number;
  readonly byRow?: true;
  readonly reason: string;
}

const SCORES = "WGSL leaves the order of additions inside a matrix-vector product to the compiler";

/**
 * Kernels whose floats are compared within a bound; all others must agree bit for bit.
 */
export const kernelTolerances: Readonly<Partial<Record<KernelName, KernelTolerance>>> = {
  "attention-scores-f16": { relative: 4e-6, reason: SCORES },
  "attention-scores-f32": { relative: 4e-6, reason: SCORES },
  "gemm-f16-matrix": {
    relative: 2 ** -15,
    byRow: true,
    reason: "matrix units add in an order of their own and may truncate: 2^-23 for each of at most 256 products",
  },
};
