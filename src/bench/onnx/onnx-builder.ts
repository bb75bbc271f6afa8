import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxValue } from "./onnx-model.ts";

/** Collects nodes and constants; every method gives back the name of the value it makes. */
export interface OnnxBuilder {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly values: readonly OnnxValue[];
  node(op: string, inputs: readonly string[], output: string, attributes?: OnnxNode["attributes"], domain?: string): string;
  /** A node with several outputs, named `name.0` and so on. */
  outputs(
    op: string,
    inputs: readonly string[],
    name: string,
    count: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string[];
  /** Twice the same name is the same constant. */
  constant(tensor: OnnxTensor): string;
  floats(name: string, tensor: { readonly shape: readonly number[]; readonly data: Float32Array }): string;
  scalar(name: string, value: number): string;
  integers(values: readonly number[]): string;
  /** States the shape of a value. */
  shaped(name: string, shape: OnnxValue["shape"]): string;
}

export function createOnnxBuilder(): OnnxBuilder {
  const nodes: OnnxNode[] = [];
  const values: OnnxValue[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const constant = (tensor: OnnxTensor): string => {
    if (!initializers.has(tensor.name)) initializers.set(tensor.name, tensor);
    return tensor.name;
  };
  const builder: OnnxBuilder = {
    nodes,
    values,
    get initializers() {
      return [...initializers.values()];
    },
    node(op, inputs, output, attributes = {}, domain = "") {
      nodes.push({ op, domain, inputs, outputs: [output], attributes });
      return output;
    },
    outputs(op, inputs, name, count, attributes = {}) {
      const outputs = Array.from({ length: count }, (_, i) => `${name}.${i}`);
      nodes.push({ op, inputs, outputs, attributes });
      return outputs;
    },
    constant,
    floats: (name, { shape, data }) => constant({ name, type: "float", shape, data }),
    scalar: (name, value) => constant({ name, type: "float", shape: [], data: Float32Array.of(value) }),
    integers: (list) =>
      constant({ name: `integers ${list.join()}`, type: "int64", shape: [list.length], data: BigInt64Array.from(list, BigInt) }),
    shaped(name, shape) {
      values.push({ name, shape });
      return name;
    },
  };
  return builder;
}
