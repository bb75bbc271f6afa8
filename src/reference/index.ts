/** The CPU definition of every op: plain, f64 accumulation, one rounding to f32 at the output. Tensors carry the batch axis in front. */
import type { Node } from "../graph/graph.ts";
import type { OpName } from "../graph/ops.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activation, gatedActivation } from "./activation.ts";
import { add } from "./add.ts";
import { affine } from "./affine.ts";
import { attentionBias } from "./attention-bias.ts";
import { attentionOutput } from "./attention-output.ts";
import { attentionScores } from "./attention-scores.ts";
import { depthwiseConvolution } from "./depthwise-convolution.ts";
import { gatherRows } from "./gather-rows.ts";
import { gather } from "./gather.ts";
import { gelu } from "./gelu.ts";
import { gemm } from "./gemm.ts";
import { headGate } from "./head-gate.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { linearAttention } from "./linear-attention.ts";
import { maxRows } from "./max-rows.ts";
import { patchify } from "./patchify.ts";
import { prependTokens } from "./prepend-tokens.ts";
import { reduceMean } from "./reduce-mean.ts";
import { softmaxPool } from "./softmax-pool.ts";
import { softmax } from "./softmax.ts";

export type Reference = (node: Node, inputs: readonly Tensor[]) => Tensor;

export const references: Record<OpName, Reference> = {
  Patchify: patchify,
  Gemm: gemm,
  PrependTokens: prependTokens,
  LayerNormalization: layerNormalization,
  Affine: affine,
  AttentionScores: attentionScores,
  AttentionBias: attentionBias,
  Softmax: softmax,
  AttentionOutput: attentionOutput,
  HeadGate: headGate,
  LinearAttention: linearAttention,
  Gelu: gelu,
  Activation: activation,
  GatedActivation: gatedActivation,
  Add: add,
  Gather: gather,
  GatherRows: gatherRows,
  MaxRows: maxRows,
  DepthwiseConvolution: depthwiseConvolution,
  SoftmaxPool: softmaxPool,
  ReduceMean: reduceMean,
};

/** Runs one node in float; quantizers are not looked at. */
export function runNode(node: Node, inputs: readonly Tensor[]): Tensor {
  return references[node.op](node, inputs);
}
