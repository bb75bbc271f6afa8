/** Every code that recognising or building a model can end in, besides those of src/formats; the documentation lists exactly these. */
import type { FormatErrorCode } from "../formats/error-codes.ts";
import { InputError } from "../tensor/input-error.ts";

export const modelErrorCodes = {
  NOT_A_VIT: "The weights are another kind of network; the error says which one they look like.",
  UNSUPPORTED_TENSOR: "A Vision Transformer with a part that is not run here; the error names its tensors.",
  UNSUPPORTED_ACTIVATION: "The configuration names an activation that MLP blocks are not run with.",
  UNSUPPORTED_POOLING: "The configuration names a pooling other than class token, mean or attention.",
  PACKED_INVALID: "Weights that another quantizer packed, whose parts do not fit together; the error names the layer.",
  PACKED_UNSUPPORTED: "Weights packed in a layout that is not read here (bitsandbytes, HQQ, quanto ...); the error names it.",
  ONNX_UNSUPPORTED: "An ONNX network with a part that is not run here; the error names the node and its operator.",
  TENSOR_MISSING: "A tensor that the network needs is not in the file.",
  TENSOR_SHAPE: "A tensor's shape does not fit the rest of the network.",
  TENSOR_TWICE: "Two tensors of the file stand for the same weight.",
  POSITIONS_MISMATCH: "The positional embedding's length fits no image size.",
  WINDOWS_MISMATCH:
    "The windows of a Swin Transformer or TinyViT, or the patches of a MobileViT, do not fill its tokens at this image size.",
  HEADS_INVALID: "The number of attention heads does not divide the attention's width.",
  WEIGHTS_NOT_FINITE: "A weight is NaN or infinite; the error names the tensor and the count.",
} as const satisfies Record<string, string>;

export type ModelErrorCode = keyof typeof modelErrorCodes;

export function modelError(code: ModelErrorCode | FormatErrorCode, what: string, why: string, next: string): InputError {
  return new InputError(code, { what, why, next });
}
