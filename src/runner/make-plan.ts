import { INPUT, outputName, type Graph, type Node } from "../graph/graph.ts";
import type { OpName } from "../graph/ops.ts";
import { lowerActivation } from "./lower-activation.ts";
import { lowerAffine } from "./lower-affine.ts";
import { lowerAttentionOutput, lowerScores } from "./lower-attention.ts";
import { joinsAttention, lowerWholeAttention } from "./lower-whole-attention.ts";
import { lowerDepthwise } from "./lower-depthwise.ts";
import { lowerHeadGate, lowerLinearAttention } from "./lower-linear-attention.ts";
import { lowerGemm } from "./lower-gemm.ts";
import { lowerAnySoftmax, lowerNorm } from "./lower-integer-rows.ts";
import { lowerPatchify, lowerReduceMean } from "./lower-rows.ts";
import { lowerAdd, lowerAttentionBias, lowerGather, lowerGatherRows, lowerMaxRows, lowerSoftmaxPool, lowerTokens } from "./lower-moves.ts";
import { absorbsAffine, type LowerUnit } from "./lowering.ts";
import { createPlanBuilder, type PlanOptions } from "./plan-builder.ts";
import type { Plan } from "./plan.ts";
import { fuse, usesOf } from "./units.ts";

/** Which rule turns a node into steps. */
export const rules: Record<OpName, LowerUnit> = {
  Patchify: lowerPatchify,
  Gemm: lowerGemm,
  PrependTokens: lowerTokens,
  LayerNormalization: lowerNorm,
  Affine: lowerAffine,
  AttentionScores: lowerScores,
  AttentionBias: lowerAttentionBias,
  Softmax: lowerAnySoftmax,
  AttentionOutput: lowerAttentionOutput,
  HeadGate: lowerHeadGate,
  LinearAttention: lowerLinearAttention,
  Gelu: lowerActivation,
  Activation: lowerActivation,
  GatedActivation: lowerActivation,
  Add: lowerAdd,
  Gather: lowerGather,
  GatherRows: lowerGatherRows,
  MaxRows: lowerMaxRows,
  DepthwiseConvolution: lowerDepthwise,
  SoftmaxPool: lowerSoftmaxPool,
  ReduceMean: lowerReduceMean,
};

/** Graph -> Plan: fuse, lower every unit to kernels, assign the arena. Pure; throws with the node's name when nothing fits. */
export function makePlan(graph: Graph, options: PlanOptions): Plan {
  const builder = createPlanBuilder(options);
  const uses = usesOf(graph);
  // The input is a plain row of pixels: channels x height rows of `width` would need padding, so it is declared flat.
  const [c, h, w] = graph.inputShape;
  builder.declare(INPUT, { kind: "f32", rows: 1, sections: 1, heads: 1, headDim: c * h * w });
  const lowering = { graph, uses, builder };
  const absorbs = (producer: Node, affine: Node) => absorbsAffine(lowering, producer, affine);
  const joins = (scores: Node, softmax: Node, output: Node) => joinsAttention(lowering, { scores, softmax, output });
  for (const unit of fuse(graph, uses, absorbs, joins)) {
    const rule = unit.attention ? lowerWholeAttention : rules[unit.node.op];
    rule(lowering, unit);
  }
  return builder.finish(graph.name, [INPUT], outputName(graph));
}
