import type { Graph } from "../../graph/graph.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";
import type { Operand } from "./operand.ts";

/** What the writers of single nodes share while a graph is written. */
export interface WriterContext {
  readonly graph: Graph;
  readonly builder: OnnxBuilder;
  /** Only the static form quantizes what is no linear layer: patches and the products of attention. */
  readonly isStatic: boolean;
  /** qkv value -> its three parts, [B,N,1,H,Dh] each. */
  readonly parts: Map<string, readonly string[]>;
  /** Values that only the layer that reads them writes, after it has rounded what they are made of. */
  readonly unwritten: Map<string, Operand>;
}
