import type { Quantizers, Weights } from "./quantizer.ts";

/** Every op; their rules are in ops.ts. */
export type OpName =
  | "Patchify"
  | "Gemm"
  | "PrependTokens"
  | "LayerNormalization"
  | "Affine"
  | "AttentionScores"
  | "AttentionBias"
  | "Softmax"
  | "AttentionOutput"
  | "HeadGate"
  | "LinearAttention"
  | "Gelu"
  | "Activation"
  | "GatedActivation"
  | "Add"
  | "Gather"
  | "GatherRows"
  | "MaxRows"
  | "DepthwiseConvolution"
  | "SoftmaxPool"
  | "ReduceMean";

export type Attributes = Readonly<Record<string, number | string>>;

/** One operation. Its output value has the node's own name; names follow timm: `blocks.3.attn.qkv`. */
export interface Node {
  readonly name: string;
  readonly op: OpName;
  /** Names of the values read: `pixels` or other nodes' names. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
  readonly weights: Weights;
  /** Present on nodes whose inputs or weights are quantized. */
  readonly quantizers?: Quantizers;
}
