import type { OpName } from "../../graph/ops.ts";
import { depthwiseRule } from "./depthwise.ts";
import { linearAttentionRule } from "./linear-attention.ts";
import { linearRule } from "./linear.ts";
import { outputRule, scoresRule } from "./products.ts";
import type { RelevanceRule } from "./rule.ts";
import { addRule, gatedRule, gateRule } from "./sums.ts";
import { gatherRowsRule, gatherRule, maxRowsRule, meanRule, patchifyRule, prependTokensRule, softmaxPoolRule } from "./tokens.ts";

/** Functions of one value that keep its shape hand relevance on unchanged, as the authors decided for softmax, GELU and LayerNorm alike. */
const unchanged: RelevanceRule = (_node, _inputs, relevance) => [relevance];

/** The relevance rule of every op; an op without one is a compile error. */
export const relevanceRules: Record<OpName, RelevanceRule> = {
  Patchify: patchifyRule,
  Gemm: linearRule,
  PrependTokens: prependTokensRule,
  LayerNormalization: unchanged,
  Affine: unchanged,
  AttentionScores: scoresRule,
  AttentionBias: unchanged,
  Softmax: unchanged,
  AttentionOutput: outputRule,
  HeadGate: gateRule,
  LinearAttention: linearAttentionRule,
  Gelu: unchanged,
  Activation: unchanged,
  GatedActivation: gatedRule,
  Add: addRule,
  Gather: gatherRule,
  GatherRows: gatherRowsRule,
  MaxRows: maxRowsRule,
  DepthwiseConvolution: depthwiseRule,
  SoftmaxPool: softmaxPoolRule,
  ReduceMean: meanRule,
};
