import type { Preprocessing } from "../images/preprocessing.ts";

export type { Preprocessing } from "../images/preprocessing.ts";

/** The geometry of a Vision Transformer. */
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
  /** "sigmoid": QuickGELU. */
  readonly gelu: "none" | "tanh" | "sigmoid";
  /** "map": a learned query attends to all tokens. */
  readonly pooling: "token" | "mean" | "map";
  readonly qkvBias: boolean;
  /** Norms lie behind the residual sums, as in torch.nn.TransformerEncoderLayer unless norm_first is set. */
  readonly postNorm?: boolean | undefined;
  /** What q.k is multiplied by, where it is not 1 / sqrt(head width). */
  readonly attentionScale?: number | undefined;
  /** RMSNorm instead of LayerNorm; norms that are linear at inference (BatchNorm) are folded away and not told here. */
  readonly norm?: "rms" | undefined;
  /** Of the MLP, where it is no GELU. */
  readonly activation?: ActivationConfig | undefined;
  /** What the probabilities of attention are stretched to before they are clipped to [0, 1]; absent: plain softmax. */
  readonly clippedSoftmax?: { readonly gamma: number; readonly zeta: number } | undefined;
  /** Gates of attention heads are those of each token, or one for all tokens of an image from their mean. Absent where there are none. */
  readonly headGates?: "token" | "image" | undefined;
  /** Patches down and across that the stored positions are for, where they are resampled to the image's. */
  readonly positionGrid?: readonly [number, number] | undefined;
  /** Of models that merge their tokens on the way; embedDim, numHeads and mlpDim are then the last stage's, depth counts all blocks. */
  readonly stages?: readonly StageConfig[] | undefined;
}

export interface ActivationConfig {
  readonly kind: "relu" | "silu" | "polynomial";
  /** c0 + c1 x + c2 x^2 of a polynomial. */
  readonly coefficients?: readonly [number, number, number] | undefined;
}

/** Blocks between two mergings of tokens. */
export interface StageConfig {
  readonly depth: number;
  readonly embedDim: number;
  readonly numHeads: number;
  readonly mlpDim: number;
  /** Tokens down and across. */
  readonly grid: readonly [number, number];
  /** Side of the square windows that attention is kept to. */
  readonly window: number;
}

/** What the page and `inspect` show before any weight is read. */
export interface ModelCard {
  readonly name: string;
  /** "vit", "deit", "swin" ... */
  readonly family: string;
  /** The same for people: "Swin Transformer". */
  readonly familyLabel: string;
  readonly naming: "timm" | "huggingface" | "onnx" | "vitrine-package";
  readonly config: VitConfig;
  /** What a run gives: a score for each class, or an embedding of the image (config.numClasses is 0). */
  readonly output: "classes" | "features";
  /** All tokens of the sequence: prefix + patches; of the first stage where there are several. */
  readonly tokens: number;
  readonly parameters: number;
  /** Storage type of the weights: "f32", "f16", "bf16" or "mixed". */
  readonly weightDtype: string;
  /** Class names when the files tell them. */
  readonly labels: readonly string[] | null;
  readonly preprocessing: Preprocessing;
  /** Which of the files states it; absent where none does, and in packages. */
  readonly preprocessingFile?: string | undefined;
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
