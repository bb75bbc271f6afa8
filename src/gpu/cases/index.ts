/** The cases of every kernel: a kernel without a list is a compile error. */
import type { KernelName } from "../kernels/index.ts";
import { activationCases } from "./activation.ts";
import { attentionOutputCodesF32Cases, attentionOutputCodesShiftCases, attentionOutputF32Cases } from "./attention-output.ts";
import {
  attentionRowsCodesF32Cases,
  attentionRowsCodesIntegerCases,
  attentionRowsF32Cases,
  attentionTileCodesCases,
  attentionTileF32Cases,
} from "./attention-rows.ts";
import { attentionScoresCodesCases, attentionScoresF32Cases } from "./attention-scores.ts";
import { depthwiseCases, depthwiseCodesCases } from "./depthwise.ts";
import {
  gemmCodesCombineCases,
  gemmCodesDotCases,
  gemmCodesDotPartialCases,
  gemmCodesDotTiledCases,
  gemmCodesF32Cases,
  gemmCodesF32PartialCases,
  gemmCodesF32TiledCases,
} from "./gemm-codes.ts";
import { gemmPatchesCodesDotCases, gemmPatchesCodesF32Cases, gemmPatchesF32Cases } from "./gemm-patches.ts";
import { gemmNormCodesDotCases, gemmNormCodesF32Cases, gemmNormF32Cases } from "./gemm-norm.ts";
import { gemmCases, gemmF32CombineCases, gemmF32PartialCases, gemmTiledCases } from "./gemm.ts";
import {
  attentionOutputF16Cases,
  attentionRowsF16Cases,
  attentionScoresF16Cases,
  attentionTileF16Cases,
  gemmF16Cases,
  gemmF16CombineCases,
  gemmF16MatrixCases,
  gemmF16PartialCases,
  gemmF16TiledCases,
  layerNormF16Cases,
} from "./halves.ts";
import { dequantizeColumnsCases, layerNormIntegerCases, quantizeColumnsCases, softmaxIntegerCases } from "./integer-rows.ts";
import type { KernelCase } from "./kernel-case.ts";
import { headGateCases, linearAttentionCases, linearAttentionSumsCases } from "./linear-attention.ts";
import { normalizePixelsCases, resampleCases } from "./pixels.ts";
import { affineCases, fakeQuantizeCases, fakeQuantizeCodebookCases, quantizeCases } from "./quantize.ts";
import { layerNormCases, reduceMeanCases, softmaxCases } from "./rows.ts";
import { softmaxDemaxCases } from "./softmax-demax.ts";
import { patchifyCases } from "./tokens.ts";
import { attentionBiasCases, gatherRowsCases, maxRowsCases, softmaxPoolCases } from "./windows.ts";

export const kernelCases: Readonly<Record<KernelName, readonly KernelCase[]>> = {
  activation: activationCases,
  affine: affineCases,
  "attention-bias": attentionBiasCases,
  "attention-output-codes-f32": attentionOutputCodesF32Cases,
  "attention-output-codes-shift": attentionOutputCodesShiftCases,
  "attention-output-f32": attentionOutputF32Cases,
  "attention-output-f16": attentionOutputF16Cases,
  "attention-rows-codes-f32": attentionRowsCodesF32Cases,
  "attention-rows-codes-integer": attentionRowsCodesIntegerCases,
  "attention-rows-f32": attentionRowsF32Cases,
  "attention-rows-f16": attentionRowsF16Cases,
  "attention-share-codes-f32": attentionRowsCodesF32Cases,
  "attention-share-codes-integer": attentionRowsCodesIntegerCases,
  "attention-share-f32": attentionRowsF32Cases,
  "attention-share-f16": attentionRowsF16Cases,
  "attention-scores-codes-dot": attentionScoresCodesCases,
  "attention-scores-codes-f32": attentionScoresCodesCases,
  "attention-scores-f32": attentionScoresF32Cases,
  "attention-scores-f16": attentionScoresF16Cases,
  "attention-tile-codes": attentionTileCodesCases,
  "attention-tile-f32": attentionTileF32Cases,
  "attention-tile-f16": attentionTileF16Cases,
  depthwise: depthwiseCases,
  "depthwise-codes": depthwiseCodesCases,
  "dequantize-columns": dequantizeColumnsCases,
  "fake-quantize": fakeQuantizeCases,
  "fake-quantize-codebook": fakeQuantizeCodebookCases,
  "gather-rows": gatherRowsCases,
  "gemm-codes-dot": gemmCodesDotCases,
  "gemm-codes-f32": gemmCodesF32Cases,
  "gemm-codes-f32-share33": gemmCodesF32Cases,
  "gemm-f32": gemmCases,
  "gemm-f32-share33": gemmCases,
  "gemm-codes-combine": gemmCodesCombineCases,
  "gemm-codes-dot-partial": gemmCodesDotPartialCases,
  "gemm-codes-dot-subgroup": gemmCodesDotCases,
  "gemm-codes-dot-tiled": gemmCodesDotTiledCases,
  "gemm-codes-f32-partial": gemmCodesF32PartialCases,
  "gemm-codes-f32-subgroup": gemmCodesF32Cases,
  "gemm-codes-f32-tiled": gemmCodesF32TiledCases,
  "gemm-f16": gemmF16Cases,
  "gemm-f16-matrix": gemmF16MatrixCases,
  "gemm-f16-combine": gemmF16CombineCases,
  "gemm-f16-partial": gemmF16PartialCases,
  "gemm-f16-share33": gemmF16Cases,
  "gemm-f16-subgroup": gemmF16Cases,
  "gemm-f16-tiled": gemmF16TiledCases,
  "gemm-f32-combine": gemmF32CombineCases,
  "gemm-f32-partial": gemmF32PartialCases,
  "gemm-f32-subgroup": gemmCases,
  "gemm-f32-tiled": gemmTiledCases,
  "head-gate": headGateCases,
  "gemm-norm-codes-dot": gemmNormCodesDotCases,
  "gemm-norm-codes-f32": gemmNormCodesF32Cases,
  "gemm-norm-f32": gemmNormF32Cases,
  "gemm-patches-codes-dot": gemmPatchesCodesDotCases,
  "gemm-patches-codes-f32": gemmPatchesCodesF32Cases,
  "gemm-patches-f32": gemmPatchesF32Cases,
  "layer-norm": layerNormCases,
  "layer-norm-f16": layerNormF16Cases,
  "layer-norm-integer": layerNormIntegerCases,
  "linear-attention": linearAttentionCases,
  "linear-attention-sums": linearAttentionSumsCases,
  "normalize-pixels": normalizePixelsCases,
  "max-rows": maxRowsCases,
  patchify: patchifyCases,
  quantize: quantizeCases,
  "quantize-columns": quantizeColumnsCases,
  "reduce-mean": reduceMeanCases,
  resample: resampleCases,
  "rms-norm": layerNormCases,
  "rms-norm-f16": layerNormF16Cases,
  softmax: softmaxCases,
  "softmax-integer": softmaxIntegerCases,
  "softmax-pool": softmaxPoolCases,
  "softmax-demax": softmaxDemaxCases,
};
