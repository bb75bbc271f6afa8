import type { Graph, Node } from "../../graph/graph.ts";
import type { Levels } from "../../graph/quantizer.ts";
import type { Accepts } from "../rules/accepts.ts";

/** What a pass may ask for. */
export interface PassContext {
  readonly levels: Levels;
  /** The node with its weight quantizer found afresh by the recipe's own rule. */
  calibrateWeight(node: Node): Node;
}

/** A step of a recipe that needs no data: a quantized graph in, a quantized graph out. */
export interface Pass {
  /** What it does, for progress: "reparameterizing LayerNorms". */
  readonly stage: string;
  /** As of a step. */
  readonly accepts?: Accepts;
  run(graph: Graph, context: PassContext): Graph;
}
