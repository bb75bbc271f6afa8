/** How images become the tensor a model was trained on; from the files beside the weights, or assumed by family. */
export interface Preprocessing {
  /** Final size fed to the network: [height, width]. */
  readonly inputSize: readonly [number, number];
  /** shortest: shorter side to `size` then centre crop; squash: both sides to the input size; none: images must have the input size. */
  readonly resize: "shortest" | "squash" | "none";
  /** For `shortest`: target of the shorter side, in pixels. */
  readonly size: number;
  readonly interpolation: "nearest" | "box" | "bilinear" | "hamming" | "bicubic" | "lanczos";
  /** torchvision/timm round the crop offset half to even, Hugging Face floors it. */
  readonly rounding: "torchvision" | "huggingface";
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** The geometry of a plain Vision Transformer: everything a builder needs besides the weights. */
export interface VitConfig {
  readonly imageSize: readonly [number, number];
  readonly patchSize: number;
  readonly channels: number;
  readonly embedDim: number;
  readonly depth: number;
  readonly numHeads: number;
  readonly mlpDim: number;
  readonly classToken: boolean;
  readonly distilled: boolean;
  readonly registerTokens: number;
  readonly numClasses: number;
  readonly epsilon: number;
  readonly gelu: "none" | "tanh";
  readonly pooling: "token" | "mean";
  readonly qkvBias: boolean;
}

/** What the page and `inspect` show before any weight is read. */
export interface ModelCard {
  readonly name: string;
  /** "vit" or "deit". */
  readonly family: string;
  readonly naming: "timm" | "huggingface" | "vitrine-package";
  readonly config: VitConfig;
  /** All tokens of the sequence: prefix + patches. */
  readonly tokens: number;
  readonly parameters: number;
  /** Storage type of the weights: "f32", "f16", "bf16" or "mixed". */
  readonly weightDtype: string;
  /** Class names when the files tell them. */
  readonly labels: readonly string[] | null;
  readonly preprocessing: Preprocessing;
  /** Names of the fields that no file stated and shapes do not show: "numHeads", "epsilon", "preprocessing" ... Shown as assumed, changeable. */
  readonly assumed: readonly string[];
  /** Bytes of the parameters at each precision; biases, norms and embeddings stay float in int8 and int4. */
  readonly memory: { readonly floatBytes: number; readonly int8Bytes: number; readonly int4Bytes: number };
  /** Present for an opened quantized package: what was done to it. */
  readonly quantization?: { readonly recipe: string; readonly weightBits: number; readonly activationBits: number; readonly levels: string };
}
