import { INPUT, outputName, type Graph } from "../graph/graph.ts";
import type { OpName } from "../graph/ops.ts";
import { lowerAttentionOutput, lowerScores, lowerSoftmax } from "./lower-attention.ts";
import { lowerGemm } from "./lower-gemm.ts";
import { lowerLayerNorm, lowerPatchify, lowerReduceMean } from "./lower-rows.ts";
import type { LowerUnit } from "./lowering.ts";
import { createPlanBuilder, type PlanOptions } from "./plan-builder.ts";
import type { Plan } from "./plan.ts";
import { fuse, usesOf } from "./units.ts";

/** Which rule turns a node into steps; null: only reachable as part of another node's unit. */
export const rules: Record<OpName, LowerUnit | null> = {
  Patchify: lowerPatchify,
  Gemm: lowerGemm,
  PrependTokens: null,
  LayerNormalization: lowerLayerNorm,
  AttentionScores: lowerScores,
  Softmax: lowerSoftmax,
  AttentionOutput: lowerAttentionOutput,
  Gelu: null,
  Add: null,
  Gather: null,
  ReduceMean: lowerReduceMean,
};

/** Graph -> Plan: fuse, lower every unit to kernels, assign the arena. Pure; throws with the node's name when nothing fits. */
export function makePlan(graph: Graph, options: PlanOptions): Plan {
  const builder = createPlanBuilder(options);
  const uses = usesOf(graph);
  // The input is a plain row of pixels: channels x height rows of `width` would need padding, so it is declared flat.
  const [c, h, w] = graph.inputShape;
  builder.declare(INPUT, { kind: "f32", rows: 1, sections: 1, heads: 1, headDim: c * h * w });
  for (const unit of fuse(graph, uses)) {
    const rule = rules[unit.node.op];
    if (!rule) throw new Error(`internal: no kernel runs ${unit.node.name} (${unit.node.op}) by itself`);
    rule({ graph, uses, builder }, unit);
  }
  return builder.finish(graph.name, [INPUT], outputName(graph));
}
