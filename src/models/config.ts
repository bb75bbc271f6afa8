import type { Preprocessing } from "../images/preprocessing.ts";

export type { Preprocessing } from "../images/preprocessing.ts";

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
  readonly naming: "timm" | "huggingface" | "onnx" | "vitrine-package";
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
  readonly quantization?: {
    readonly recipe: string;
    readonly weightBits: number;
    readonly activationBits: number;
    readonly levels: string;
  };
}
