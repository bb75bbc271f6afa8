import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./onnx-model.ts";

/** Collects nodes and constants; every method gives back the name of the value it makes. */
export interface OnnxBuilder {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
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
}

export function createOnnxBuilder(): OnnxBuilder {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const constant = (tensor: OnnxTensor): string => {
    if (!initializers.has(tensor.name)) initializers.set(tensor.name, tensor);
    return tensor.name;
  };
  const builder: OnnxBuilder = {
    nodes,
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
    integers: (values) =>
      constant({ name: `integers ${values.join()}`, type: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) }),
  };
  return builder;
}
