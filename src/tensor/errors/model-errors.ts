import type { ErrorEntry } from "./error-entry.ts";

export const modelErrors = {
  MODELS_INCOMPARABLE: {
    title: "Models that cannot be compared",
    meaning: "Two models read images of other sizes, or tell other numbers of classes: no output of one stands for one of the other.",
    advice: "Give two models with the same input size and the same classes.",
  },
  NOT_A_VIT: {
    title: "Another kind of network",
    meaning: "The weights are another kind of network; the error says which one they look like.",
    advice: "Open a Vision Transformer.",
  },
  UNSUPPORTED_TENSOR: {
    title: "Part that is not run here",
    meaning: "A Vision Transformer with a part that is not run here; the error names its tensors.",
    advice: "Open a model without that part; running without it would give wrong results.",
  },
  UNSUPPORTED_ACTIVATION: {
    title: "Activation that is not run here",
    meaning: "The configuration names an activation that MLP blocks are not run with.",
    advice: "Open a model with GELU, ReLU, SiLU or a polynomial.",
  },
  UNSUPPORTED_POOLING: {
    title: "Pooling that is not run here",
    meaning: "The configuration names a pooling other than class token, mean or attention.",
    advice: "Open a model that pools by class token, mean or attention.",
  },
  ONNX_UNSUPPORTED: {
    title: "Operator that is not run here",
    meaning: "An ONNX network with a part that is not run here; the error names the node and its operator.",
    advice: "Open the PyTorch weights, or export again with constant folding.",
  },
  PACKED_INVALID: {
    title: "Packed weights that do not fit together",
    meaning: "Weights that another quantizer packed, whose parts do not fit together; the error names the layer.",
    advice: "Download all files again, with their config.json.",
  },
  PACKED_UNSUPPORTED: {
    title: "Packed weights of another layout",
    meaning: "Weights packed in a layout that is not read here (bitsandbytes, HQQ, quanto ...); the error names it.",
    advice: "Open the float model and quantize it here.",
  },
  TENSOR_MISSING: {
    title: "Tensor missing",
    meaning: "A tensor that the network needs is not in the file.",
    advice: "Save the whole state_dict; give all parts of the model.",
  },
  TENSOR_SHAPE: {
    title: "Tensor of the wrong shape",
    meaning: "A tensor's shape does not fit the rest of the network.",
    advice: "Open the weights of one network as they were trained.",
  },
  TENSOR_TWICE: {
    title: "Weight stored twice",
    meaning: "Two tensors of the file stand for the same weight.",
    advice: "Save only the copy that is to be run.",
  },
  POSITIONS_MISMATCH: {
    title: "Positions of no image size",
    meaning: "The positional embedding's length fits no image size.",
    advice: "Say in config.json what image size the model takes.",
  },
  WINDOWS_MISMATCH: {
    title: "Windows that do not fill the image",
    meaning: "The windows of a Swin Transformer or TinyViT, or the patches of a MobileViT, do not fill its tokens at this image size.",
    advice: "Choose an image size that is a multiple of patch and window.",
  },
  HEADS_INVALID: {
    title: "Impossible number of heads",
    meaning: "The number of attention heads does not divide the attention's width.",
    advice: "State the number of heads.",
  },
  WEIGHTS_NOT_FINITE: {
    title: "NaN or infinity in the weights",
    meaning: "A weight is NaN or infinite; the error names the tensor and the count.",
    advice: "Take a checkpoint from before the divergence, or convert again.",
  },
  PACKAGE_INVALID: {
    title: "Broken package",
    meaning: "A Vitrine package whose description breaks a rule; the error names it.",
    advice: "Write the package again.",
  },
  SCHEME_UNKNOWN: {
    title: "Unknown quantization scheme",
    meaning: "A file names a quantization scheme that does not exist here.",
    advice: "Open the file with the version that wrote it.",
  },
  MODEL_TOO_LARGE: {
    title: "Too large for the adapter",
    meaning: "A buffer larger than the adapter allows; the error names the tensor and both sizes.",
    advice: "Use a larger GPU, a smaller model, or the CPU.",
  },
} as const satisfies Record<string, ErrorEntry>;
