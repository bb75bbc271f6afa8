/** Collects the nodes and constants of an ONNX network that is being written. */
import type { OnnxAttribute, OnnxFunction, OnnxNode, OnnxTensor, OnnxType } from "../../formats/onnx/onnx-model.ts";
import { onnxTensor } from "../../formats/onnx/write-model.ts";
import type { Shape } from "../../tensor/tensor.ts";

/** Model-local functions of ours: quantizers that ONNX has no operator for. */
export const OWN_DOMAIN = "vitrine";

export interface OnnxBuilder {
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly functions: readonly OnnxFunction[];
  /** Adds a node with one output, which is named like the node, and returns that name. */
  op(
    opType: string,
    inputs: readonly string[],
    name: string,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string;
  /** Several outputs, named by number. */
  split(
    opType: string,
    inputs: readonly string[],
    name: string,
    count: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string[];
  tensor(name: string, type: OnnxType, dims: Shape, values: ArrayLike<number>): string;
  /** Small constants that many nodes share: written once. */
  shared(type: OnnxType, dims: Shape, values: readonly number[]): string;
  define(definition: OnnxFunction): void;
}

export function createOnnxBuilder(opset: number): OnnxBuilder {
  const nodes: OnnxNode[] = [];
  const tensors: OnnxTensor[] = [];
  const functions: OnnxFunction[] = [];
  const sharedNames = new Map<string, string>();
  const add = (name: string, type: OnnxType, dims: Shape, values: ArrayLike<number>) => {
    tensors.push(onnxTensor(name, type, dims, values));
    return name;
  };
  return {
    opset,
    nodes,
    tensors,
    functions,
    op(opType, inputs, name, attributes = {}, domain = "") {
      nodes.push({ name, opType, domain, inputs, outputs: [name], attributes });
      return name;
    },
    split(opType, inputs, name, count, attributes = {}) {
      const outputs = Array.from({ length: count }, (_, i) => `${name}.${i}`);
      nodes.push({ name, opType, domain: "", inputs, outputs, attributes });
      return outputs;
    },
    tensor: add,
    shared(type, dims, values) {
      const key = `${type}[${dims.join(",")}]=${values.join(",")}`;
      const known = sharedNames.get(key) ?? add(key, type, dims, values);
      sharedNames.set(key, known);
      return known;
    },
    define(definition) {
      if (!functions.some(({ name }) => name === definition.name)) functions.push(definition);
    },
  };
}
