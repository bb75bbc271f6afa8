/** What the writers of ONNX nodes share. */
import type { Graph, Node } from "../../graph/graph.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";

export interface OnnxLowering {
  readonly builder: OnnxBuilder;
  readonly graph: Graph;
  /** ONNX's name of each value of the graph. */
  readonly values: Map<string, string>;
  /** Query, key and value [B,N,D] of a value qkv, once they were split. */
  readonly thirds: Map<string, readonly string[]>;
  /** Writes x . weight^T (and the bias) of a Gemm over rows; formats differ here. */
  product(lowering: OnnxLowering, node: Node, input: string): string;
}

/** Writes a node of our graph from the names of its inputs; gives the name of its output. */
export type Lower = (lowering: OnnxLowering, node: Node, inputs: readonly string[]) => string;
