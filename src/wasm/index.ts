/** The kernels that have a form in WebAssembly, by the names of their shaders. The others run on their CPU twins. */
import {
  attentionOutputCodesF32,
  attentionOutputCodesShift,
  attentionOutputF32,
  attentionScoresCodes,
  attentionScoresF32,
} from "./attention.ts";
import { affine, dequantizeColumns, fakeQuantize, fakeQuantizeCodebook, patchify, quantize, quantizeColumns } from "./elements.ts";
import { gemmCodesDot, gemmCodesF32, gemmF32 } from "./gemm.ts";
import type { WasmKernel } from "./kernel.ts";
import { activation, depthwise, depthwiseCodes, gatherRows } from "./maps.ts";
import { layerNorm, layerNormInteger, softmax, softmaxDemax, softmaxInteger } from "./rows.ts";

export const wasmKernels = {
  activation,
  affine,
  "attention-output-codes-f32": attentionOutputCodesF32,
  "attention-output-codes-shift": attentionOutputCodesShift,
  "attention-output-f32": attentionOutputF32,
  "attention-scores-codes-dot": attentionScoresCodes,
  "attention-scores-codes-f32": attentionScoresCodes,
  "attention-scores-f32": attentionScoresF32,
  depthwise,
  "depthwise-codes": depthwiseCodes,
  "dequantize-columns": dequantizeColumns,
  "fake-quantize": fakeQuantize,
  "fake-quantize-codebook": fakeQuantizeCodebook,
  "gather-rows": gatherRows,
  "gemm-codes-dot": gemmCodesDot,
  "gemm-codes-f32": gemmCodesF32,
  "gemm-f32": gemmF32,
  "layer-norm": layerNorm,
  "layer-norm-integer": layerNormInteger,
  patchify,
  quantize,
  "quantize-columns": quantizeColumns,
  softmax,
  "softmax-demax": softmaxDemax,
  "softmax-integer": softmaxInteger,
} as const satisfies Readonly<Record<string, WasmKernel>>;
