/** What the readers of operators share. */
import type { OnnxNode, OnnxTensor } from "../../formats/onnx/onnx-model.ts";
import type { INPUT } from "../../graph/graph.ts";
import type { Attributes, OpName } from "../../graph/node.ts";
import type { Quantizers } from "../../graph/quantizer.ts";
import type { Shape, Tensor } from "../../tensor/tensor.ts";
import type { Constant } from "./constant.ts";
import type { Pending, Value, View } from "./value.ts";

/** Reads one operator of which at least one input is a value of the network. An input that is left out is null. Throws InputError ONNX_UNSUPPORTED. */
export type Handler = (node: OnnxNode, inputs: readonly (Value | null)[], trace: Trace) => Value | readonly (Value | null)[];

export interface NewNode {
  readonly op: OpName;
  readonly inputs: readonly (Pending | typeof INPUT)[];
  readonly shape: Shape;
  readonly attributes?: Attributes;
  readonly weights?: Readonly<Record<string, () => Tensor>>;
  readonly quantizers?: () => Quantizers;
}

export interface Trace {
  /** Of ONNX's own domain. */
  readonly opset: number;
  /** Sentences for the user, each once. */
  readonly notes: Set<string>;
  fromTensor(tensor: OnnxTensor): Constant;
  make(node: NewNode): Pending;
  /** The node whose output the view is: activations, factors and chosen rows become nodes. Throws where the view is no whole output. */
  read(view: View, reader: OnnxNode): Pending;
}
