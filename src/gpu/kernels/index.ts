/** All kernels by name: one line each. */
import { activation } from "./activation.ts";
import { affine } from "./affine.ts";
import { attentionBias } from "./attention-bias.ts";
import { attentionOutputCodesF32 } from "./attention-output-codes-f32.ts";
import { attentionOutputCodesShift } from "./attention-output-codes-shift.ts";
import { attentionOutputF32 } from "./attention-output-f32.ts";
import { attentionOutputF16 } from "./attention-output-f16.ts";
import { attentionRowsCodesF32 } from "./attention-rows-codes-f32.ts";
import { attentionRowsCodesInteger } from "./attention-rows-codes-integer.ts";
import { attentionRowsF32 } from "./attention-rows-f32.ts";
import { attentionRowsF16 } from "./attention-rows-f16.ts";
import { attentionShareCodesF32 } from "./attention-share-codes-f32.ts";
import { attentionShareCodesInteger } from "./attention-share-codes-integer.ts";
import { attentionShareF32 } from "./attention-share-f32.ts";
import { attentionShareF16 } from "./attention-share-f16.ts";
import { attentionScoresCodesDot } from "./attention-scores-codes-dot.ts";
import { attentionScoresCodesF32 } from "./attention-scores-codes-f32.ts";
import { attentionScoresF32 } from "./attention-scores-f32.ts";
import { attentionScoresF16 } from "./attention-scores-f16.ts";
import { attentionTileCodes } from "./attention-tile-codes.ts";
import { attentionTileF32 } from "./attention-tile-f32.ts";
import { attentionTileF16 } from "./attention-tile-f16.ts";
import { depthwiseCodes } from "./depthwise-codes.ts";
import { depthwise } from "./depthwise.ts";
import { dequantizeColumns } from "./dequantize-columns.ts";
import { fakeQuantize } from "./fake-quantize.ts";
import { fakeQuantizeCodebook } from "./fake-quantize-codebook.ts";
import { gatherRows } from "./gather-rows.ts";
import { gemmCodesDot } from "./gemm-codes-dot.ts";
import { gemmCodesF32Share33 } from "./gemm-codes-f32-share33.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";
import { gemmF32Share33 } from "./gemm-f32-share33.ts";
import { gemmF32 } from "./gemm-f32.ts";
import { gemmCodesCombine } from "./gemm-codes-combine.ts";
import { gemmCodesDotPartial } from "./gemm-codes-dot-partial.ts";
import { gemmCodesDotSubgroup } from "./gemm-codes-dot-subgroup.ts";
import { gemmCodesDotTiled } from "./gemm-codes-dot-tiled.ts";
import { gemmCodesF32Partial } from "./gemm-codes-f32-partial.ts";
import { gemmCodesF32Subgroup } from "./gemm-codes-f32-subgroup.ts";
import { gemmCodesF32Tiled } from "./gemm-codes-f32-tiled.ts";
import { gemmF16 } from "./gemm-f16.ts";
import { gemmF16Matrix } from "./gemm-f16-matrix.ts";
import { gemmF16Combine } from "./gemm-f16-combine.ts";
import { gemmF16Partial } from "./gemm-f16-partial.ts";
import { gemmF16Share33 } from "./gemm-f16-share33.ts";
import { gemmF16Subgroup } from "./gemm-f16-subgroup.ts";
import { gemmF16Tiled } from "./gemm-f16-tiled.ts";
import { gemmF32Combine } from "./gemm-f32-combine.ts";
import { gemmF32Partial } from "./gemm-f32-partial.ts";
import { gemmF32Subgroup } from "./gemm-f32-subgroup.ts";
import { gemmF32Tiled } from "./gemm-f32-tiled.ts";
import { headGate } from "./head-gate.ts";
import { gemmNormCodesDot } from "./gemm-norm-codes-dot.ts";
import { gemmNormCodesF32 } from "./gemm-norm-codes-f32.ts";
import { gemmNormF32 } from "./gemm-norm-f32.ts";
import { gemmPatchesCodesDot } from "./gemm-patches-codes-dot.ts";
import { gemmPatchesCodesF32 } from "./gemm-patches-codes-f32.ts";
import { gemmPatchesF32 } from "./gemm-patches-f32.ts";
import { layerNormInteger } from "./layer-norm-integer.ts";
import { layerNorm } from "./layer-norm.ts";
import { layerNormF16 } from "./layer-norm-f16.ts";
import { linearAttention } from "./linear-attention.ts";
import { linearAttentionSums } from "./linear-attention-sums.ts";
import { normalizePixels } from "./normalize-pixels.ts";
import { maxRows } from "./max-rows.ts";
import { patchify } from "./patchify.ts";
import { quantizeColumns } from "./quantize-columns.ts";
import { quantize } from "./quantize.ts";
import { reduceMean } from "./reduce-mean.ts";
import { resample } from "./resample.ts";
import { rmsNorm } from "./rms-norm.ts";
import { rmsNormF16 } from "./rms-norm-f16.ts";
import { softmaxInteger } from "./softmax-integer.ts";
import { softmaxPool } from "./softmax-pool.ts";
import { softmax } from "./softmax.ts";
import { softmaxDemax } from "./softmax-demax.ts";

export const kernels = {
  activation: activation,
  affine: affine,
  "attention-bias": attentionBias,
  "attention-output-codes-f32": attentionOutputCodesF32,
  "attention-output-codes-shift": attentionOutputCodesShift,
  "attention-output-f32": attentionOutputF32,
  "attention-output-f16": attentionOutputF16,
  "attention-rows-codes-f32": attentionRowsCodesF32,
  "attention-rows-codes-integer": attentionRowsCodesInteger,
  "attention-rows-f32": attentionRowsF32,
  "attention-rows-f16": attentionRowsF16,
  "attention-share-codes-f32": attentionShareCodesF32,
  "attention-share-codes-integer": attentionShareCodesInteger,
  "attention-share-f32": attentionShareF32,
  "attention-share-f16": attentionShareF16,
  "attention-scores-codes-dot": attentionScoresCodesDot,
  "attention-scores-codes-f32": attentionScoresCodesF32,
  "attention-scores-f32": attentionScoresF32,
  "attention-scores-f16": attentionScoresF16,
  "attention-tile-codes": attentionTileCodes,
  "attention-tile-f32": attentionTileF32,
  "attention-tile-f16": attentionTileF16,
  depthwise: depthwise,
  "depthwise-codes": depthwiseCodes,
  "dequantize-columns": dequantizeColumns,
  "fake-quantize": fakeQuantize,
  "fake-quantize-codebook": fakeQuantizeCodebook,
  "gather-rows": gatherRows,
  "gemm-codes-dot": gemmCodesDot,
  "gemm-codes-f32": gemmCodesF32,
  "gemm-codes-f32-share33": gemmCodesF32Share33,
  "gemm-f32": gemmF32,
  "gemm-f32-share33": gemmF32Share33,
  "gemm-codes-combine": gemmCodesCombine,
  "gemm-codes-dot-partial": gemmCodesDotPartial,
  "gemm-codes-dot-subgroup": gemmCodesDotSubgroup,
  "gemm-codes-dot-tiled": gemmCodesDotTiled,
  "gemm-codes-f32-partial": gemmCodesF32Partial,
  "gemm-codes-f32-subgroup": gemmCodesF32Subgroup,
  "gemm-codes-f32-tiled": gemmCodesF32Tiled,
  "gemm-f16": gemmF16,
  "gemm-f16-matrix": gemmF16Matrix,
  "gemm-f16-combine": gemmF16Combine,
  "gemm-f16-partial": gemmF16Partial,
  "gemm-f16-share33": gemmF16Share33,
  "gemm-f16-subgroup": gemmF16Subgroup,
  "gemm-f16-tiled": gemmF16Tiled,
  "gemm-f32-combine": gemmF32Combine,
  "gemm-f32-partial": gemmF32Partial,
  "gemm-f32-subgroup": gemmF32Subgroup,
  "gemm-f32-tiled": gemmF32Tiled,
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
  patchify: patchify,
  quantize: quantize,
  "quantize-columns": quantizeColumns,
  "reduce-mean": reduceMean,
  resample: resample,
  "rms-norm": rmsNorm,
  "rms-norm-f16": rmsNormF16,
  softmax: softmax,
  "softmax-integer": softmaxInteger,
  "softmax-pool": softmaxPool,
  "softmax-demax": softmaxDemax,
} as const;

export type KernelName = keyof typeof kernels;
