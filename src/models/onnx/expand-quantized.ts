/**
 * Operators that multiply integer codes, written as the float operators between QuantizeLinear and DequantizeLinear that they stand for: QLinearMatMul and
 * its kin (onnxruntime's format QOperator), and MatMulInteger with DynamicQuantizeLinear (dynamic quantization), whose activations stay in float here:
 * their range is known only when the network runs.
 * Definitions: https://onnx.ai/onnx/operators/ and onnxruntime's docs/ContribOperators.md.
 */
import type { OnnxAttribute, OnnxModel, OnnxNode } from "../../formats/onnx/onnx-model.ts";

export interface Expanded {
  readonly nodes: readonly OnnxNode[];
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

const DYNAMIC_NOTE = "This model rounds activations by their range at run time (DynamicQuantizeLinear); here they stay in float.";

type Expansion = (node: OnnxNode, make: NodeMaker) => void;

interface NodeMaker {
  /** Whether DynamicQuantizeLinear gave it: such values are in float here, with the scale 1. */
  readonly isFloat: (name: string) => boolean;
  /** Returns the output's name; `output` where it is stated. */
  op(
    opType: string,
    inputs: readonly string[],
    output?: string,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string;
  /** An operand in float, from codes with scale and zero point; `axis`: where a constant's scales lie. */
  decoded(codes: string, scale: string, zero: string | undefined, axis: number): string;
  /** The scale 1, once for each zero point. */
  ones(zero: string | undefined): string;
  markFloat(name: string): void;
}

const binary =
  (opType: string): Expansion =>
  (node, make) => {
    const [a, aScale, aZero, b, bScale, bZero, scale, zero] = node.inputs;
    const result = make.op(opType, [make.decoded(a, aScale, aZero, -1), make.decoded(b, bScale, bZero, -1)], undefined, {});
    make.op("QuantizeLinear", present(result, scale, zero), node.outputs[0]);
  };

const unary =
  (opType: string): Expansion =>
  (node, make) => {
    const [x, xScale, xZero, scale, zero] = node.inputs;
    const { axis } = node.attributes;
    const result = make.op(opType, [make.decoded(x, xScale, xZero, -1)], undefined, axis === undefined ? {} : { axis });
    make.op("QuantizeLinear", present(result, scale, zero), node.outputs[0]);
  };

const integerProduct =
  (opType: string, axis: number): Expansion =>
  (node, make) => {
    const [a, b, , bZero] = node.inputs;
    const weight = make.decoded(b, make.ones(bZero), bZero, axis);
    make.op(opType, [a, weight], node.outputs[0], opType === "Conv" ? node.attributes : {});
  };

const expansions: Readonly<Record<string, Expansion>> = {
  DynamicQuantizeLinear: ({ inputs, outputs: [codes, scale, zero] }, make) => {
    make.op("Identity", [inputs[0]], codes);
    make.markFloat(codes);
    if (scale) make.op("Constant", [], scale, { value_float: 1 });
    if (zero) make.op("Constant", [], zero, { value_int: 0 });
  },
  MatMulInteger: integerProduct("MatMul", -1),
  ConvInteger: integerProduct("Conv", 0),
  QLinearMatMul: binary("MatMul"),
  QLinearConv: (node, make) => {
    const [x, xScale, xZero, w, wScale, wZero, scale, zero, bias] = node.inputs;
    const operands = [make.decoded(x, xScale, xZero, -1), make.decoded(w, wScale, wZero, 0)];
    if (bias) operands.push(integerBias(make, bias, xScale, wScale));
    const result = make.op("Conv", operands, undefined, node.attributes);
    make.op("QuantizeLinear", present(result, scale, zero), node.outputs[0]);
  },
  "com.microsoft.QLinearAdd": binary("Add"),
  "com.microsoft.QLinearMul": binary("Mul"),
  "com.microsoft.QLinearSigmoid": unary("Sigmoid"),
  "com.microsoft.QLinearSoftmax": unary("Softmax"),
  "com.microsoft.QLinearConcat": (node, make) => {
    const [scale, zero, ...triples] = node.inputs;
    const parts: string[] = [];
    for (let i = 0; i + 2 < triples.length; i += 3) parts.push(make.decoded(triples[i], triples[i + 1], triples[i + 2], -1));
    make.op("QuantizeLinear", present(make.op("Concat", parts, undefined, node.attributes), scale, zero), node.outputs[0]);
  },
  "com.microsoft.QGemm": (node, make) => {
    const [a, aScale, aZero, b, bScale, bZero, c, scale, zero] = node.inputs;
    const operands = [make.decoded(a, aScale, aZero, -1), make.decoded(b, bScale, bZero, node.attributes.transB === 1 ? 0 : -1)];
    if (c) operands.push(integerBias(make, c, aScale, bScale));
    const [output] = node.outputs;
    const result = make.op("Gemm", operands, scale ? undefined : output, node.attributes);
    if (scale) make.op("QuantizeLinear", present(result, scale, zero), output);
  },
  "com.microsoft.DynamicQuantizeMatMul": (node, make) => {
    const [a, b, bScale, bZero, bias] = node.inputs;
    product(make, a, make.decoded(b, bScale, bZero, -1), bias, node.outputs[0]);
  },
  "com.microsoft.MatMulIntegerToFloat": (node, make) => {
    const [a, b, aScale, bScale, aZero, bZero, bias] = node.inputs;
    const left = make.isFloat(a) ? a : make.decoded(a, aScale, aZero, -1);
    product(make, left, make.decoded(b, bScale, bZero, -1), bias, node.outputs[0]);
  },
};

/** Biases are int32 codes on the grid of the product. */
function integerBias(make: NodeMaker, bias: string, inputScale: string, weightScale: string): string {
  const step = make.op("Mul", [inputScale, weightScale]);
  return make.op("Mul", [make.op("Cast", [bias], undefined, { to: 1 }), step]);
}

function product(make: NodeMaker, a: string, b: string, bias: string | undefined, output: string): void {
  if (bias) make.op("Add", [make.op("MatMul", [a, b]), bias], output);
  else make.op("MatMul", [a, b], output);
}

const present = (...names: readonly (string | undefined)[]) => names.map((name) => name ?? "");

/** The nodes in their order, those above replaced. */
export function expandQuantized({ nodes, initializers }: Pick<OnnxModel, "nodes" | "initializers">): Expanded {
  const constants = new Set(initializers.map(({ name }) => name));
  const floats = new Set<string>();
  const notes = new Set<string>();
  const expanded = nodes.flatMap((node): readonly OnnxNode[] => {
    const name = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
    if (!Object.hasOwn(expansions, name)) return [node];
    if (/Dynamic/.test(name)) notes.add(DYNAMIC_NOTE);
    const made: OnnxNode[] = [];
    const make: NodeMaker = {
      isFloat: (input) => floats.has(input),
      markFloat: (output) => floats.add(output),
      op(opType, inputs, output = `${node.outputs[0]}/${made.length}`, attributes = {}, domain = "") {
        made.push({ name: node.name, opType, domain, inputs, outputs: [output], attributes });
        return output;
      },
      decoded(codes, scale, zero, axis) {
        // Older opsets know DequantizeLinear with one scale only, and these operators with one a column.
        const isWeight = constants.has(codes);
        const inputs = zero ? [codes, scale, zero] : [codes, scale];
        return isWeight ? make.op("DequantizeWeight", inputs, undefined, { axis }, "vitrine") : make.op("DequantizeLinear", inputs);
      },
      ones(zero) {
        if (!zero) return make.op("Constant", [], undefined, { value_float: 1 });
        const none = make.op("Mul", [
          make.op("Cast", [zero], undefined, { to: 1 }),
          make.op("Constant", [], undefined, { value_float: 0 }),
        ]);
        return make.op("Add", [none, make.op("Constant", [], undefined, { value_float: 1 })]);
      },
    };
    expansions[name](node, make);
    return made;
  });
  return { nodes: expanded, notes: [...notes] };
}
