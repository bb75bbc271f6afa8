/** Every op of our graph in ONNX, with the batch axis in front. Values are named after our nodes. */
import { INPUT, type Graph, type Node } from "../../graph/graph.ts";
import type { OpName } from "../../graph/node.ts";
import { attribute, isCentred, optionalSitesOf, windowsOf } from "../../graph/ops.ts";
import type { Site } from "../../graph/quantizer.ts";
import { exportUnsupported } from "./export-format.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";
import { roundActivation, writeWeight } from "./onnx-quantizers.ts";

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

export function lowerNode(lowering: OnnxLowering, node: Node): void {
  const lower = lowerings[node.op];
  if (!lower) throw exportUnsupported("ONNX", `${node.name} (${node.op})`);
  if (node.attributes.arithmetic !== undefined) throw exportUnsupported("ONNX", `${node.name}, which is computed in integers`);
  if (!isCentred(node)) throw exportUnsupported("ONNX before opset 23", `${node.name}, an RMSNorm`);
  // An attribute that came after this file was written may change what the node computes.
  const unknown = Object.keys(node.attributes).find((key) => !written.has(key));
  if (unknown !== undefined) throw exportUnsupported("ONNX", `the attribute ${unknown} of ${node.name}`);
  const unplaced = optionalSitesOf(node.op).find((site) => node.quantizers?.[site]);
  if (unplaced) throw exportUnsupported("ONNX", `the quantizer of ${node.name}.${unplaced}`);
  lowering.values.set(
    node.name,
    lower(
      lowering,
      node,
      node.inputs.map((input) => valueOf(lowering, input)),
    ),
  );
}

const written: ReadonlySet<string> = new Set([
  "patchSize",
  "epsilon",
  "centred",
  "numHeads",
  "scale",
  "windows",
  "approximate",
  "kind",
  "index",
  "start",
]);

function valueOf({ values, graph }: OnnxLowering, name: string): string {
  const value = values.get(name);
  if (value === undefined) throw new Error(`internal: ${name} of ${graph.name} was not written before it is read`);
  return value;
}

type Lower = (lowering: OnnxLowering, node: Node, inputs: readonly string[]) => string;

const lowerings: Partial<Record<OpName, Lower>> = {
  // Its readers are products over patches, which take the pixels themselves.
  Patchify: () => INPUT,
  Gemm: (lowering, node, [x]) => {
    const { builder, graph } = lowering;
    const producer = graph.nodes.find(({ name }) => name === node.inputs[0]);
    if (producer?.op === "Patchify") return embedPatches(lowering, node, producer);
    const shape = graph.shapes[node.inputs[0]];
    const quantizer = node.quantizers?.input;
    const input = quantizer ? roundActivation(builder, x, quantizer, `${node.name}.input`, shape.at(-1) ?? 1, shape.length + 1) : x;
    return lowering.product(lowering, node, input);
  },
  PrependTokens: ({ builder }, { name, weights: { prefix, positions } }, [x]) => {
    const placed = builder.op(
      "Add",
      [x, builder.tensor(`${name}.positions`, "float", [1, ...positions.shape], positions.data)],
      `${name}.patches`,
    );
    const [count, width] = prefix.shape;
    if (count === 0) return placed;
    const batch = builder.op(
      "Slice",
      [builder.op("Shape", [x], `${name}.shape`), builder.shared("int64", [1], [0]), builder.shared("int64", [1], [1])],
      `${name}.batch`,
    );
    const size = builder.op("Concat", [batch, builder.shared("int64", [2], [count, width])], `${name}.size`, { axis: 0 });
    const rows = builder.op("Expand", [builder.tensor(`${name}.prefix`, "float", [1, count, width], prefix.data), size], `${name}.rows`);
    return builder.op("Concat", [rows, placed], name, { axis: 1 });
  },
  LayerNormalization: ({ builder }, node, [x]) => {
    const { scale, bias } = node.weights;
    const vectors = [
      builder.tensor(`${node.name}.scale`, "float", scale.shape, scale.data),
      builder.tensor(`${node.name}.bias`, "float", bias.shape, bias.data),
    ];
    return builder.op("LayerNormalization", [x, ...vectors], node.name, { axis: -1, epsilon: attribute(node, "epsilon") });
  },
  Affine: ({ builder }, { name, weights: { scale, bias } }, [x]) => {
    const scaled = builder.op("Mul", [x, builder.tensor(`${name}.scale`, "float", scale.shape, scale.data)], `${name}.scaled`);
    return builder.op("Add", [scaled, builder.tensor(`${name}.bias`, "float", bias.shape, bias.data)], name);
  },
  AttentionScores: (lowering, node) => {
    const { builder, graph } = lowering;
    if (windowsOf(node) !== 1) throw exportUnsupported("ONNX", `the windows of ${node.name}`);
    const width = graph.shapes[node.inputs[0]][1] / 3;
    const heads = attribute(node, "numHeads");
    const [query, key] = (["query", "key"] as const).map((site, third) =>
      operand(lowering, node, node.inputs[0], site, third, heads, width),
    );
    const product = builder.op("MatMul", [query, key], `${node.name}.product`);
    return builder.op("Mul", [product, builder.tensor(`${node.name}.factor`, "float", [], [attribute(node, "scale")])], node.name);
  },
  AttentionBias: ({ builder, graph }, { name, weights: { bias } }, [x]) => {
    if (bias.shape[0] !== graph.shapes[name][0] && bias.shape[0] !== 1) throw exportUnsupported("ONNX", `the windows of ${name}`);
    return builder.op("Add", [x, builder.tensor(`${name}.bias`, "float", bias.shape, bias.data)], name);
  },
  Softmax: ({ builder }, { name }, [x]) => builder.op("Softmax", [x], name, { axis: -1 }),
  AttentionOutput: (lowering, node, [p]) => {
    const { builder, graph } = lowering;
    const [heads, tokens] = graph.shapes[node.inputs[0]];
    const [rows, width] = graph.shapes[node.name];
    if (rows !== tokens) throw exportUnsupported("ONNX", `the windows of ${node.name}`);
    const quantizer = node.quantizers?.probabilities;
    const probabilities = quantizer ? roundActivation(builder, p, quantizer, `${node.name}.probabilities`, tokens, 4) : p;
    const value = operand(lowering, node, node.inputs[1], "value", 2, heads, width);
    const product = builder.op("MatMul", [probabilities, value], `${node.name}.product`);
    const moved = builder.op("Transpose", [product], `${node.name}.rows`, { perm: [0, 2, 1, 3] });
    return builder.op("Reshape", [moved, builder.shared("int64", [3], [0, 0, width])], node.name);
  },
  Gelu: ({ builder }, { name, attributes }, [x]) => writeActivation(builder, name, String(attributes.approximate), x),
  Activation: ({ builder }, { name, attributes }, [x]) => writeActivation(builder, name, String(attributes.kind), x),
  Add: ({ builder }, { name }, [a, b]) => builder.op("Add", [a, b], name),
  Gather: ({ builder }, node, [x]) =>
    builder.op("Gather", [x, builder.shared("int64", [], [attribute(node, "index")])], node.name, { axis: 1 }),
  ReduceMean: ({ builder, graph }, node, [x]) => {
    const start = attribute(node, "start");
    const [count] = graph.shapes[node.inputs[0]];
    const one = (value: number) => builder.shared("int64", [1], [value]);
    const rows = start === 0 ? x : builder.op("Slice", [x, one(start), one(count), one(1)], `${node.name}.rows`);
    if (builder.opset >= 18) return builder.op("ReduceMean", [rows, one(1)], node.name, { keepdims: 0 });
    return builder.op("ReduceMean", [rows], node.name, { axes: [1], keepdims: 0 });
  },
};

/** A third of qkv, rounded and parted into heads: [B,H,N,Dh], the key transposed to [B,H,Dh,N]. */
function operand(lowering: OnnxLowering, node: Node, qkv: string, site: Site, third: number, heads: number, width: number): string {
  const { builder, thirds } = lowering;
  const known =
    thirds.get(qkv) ??
    builder.split("Split", [valueOf(lowering, qkv), builder.shared("int64", [3], [width, width, width])], `${qkv}.thirds`, 3, { axis: 2 });
  thirds.set(qkv, known);
  const name = `${node.name}.${site}`;
  const quantizer = node.quantizers?.[site];
  const rounded = quantizer ? roundActivation(builder, known[third], quantizer, name, width, 3) : known[third];
  const parted = builder.op("Reshape", [rounded, builder.shared("int64", [4], [0, 0, heads, width / heads])], `${name}.heads`);
  return builder.op("Transpose", [parted], name, { perm: site === "key" ? [0, 2, 3, 1] : [0, 2, 1, 3] });
}

/** Patches as a convolution, which every runtime is fast at; columns with scales of their own need the patches in rows. */
function embedPatches(lowering: OnnxLowering, node: Node, patches: Node): string {
  const { builder, graph } = lowering;
  const [channels, height, width] = graph.inputShape;
  const p = attribute(patches, "patchSize");
  const [n] = node.weights.weight.shape;
  const { input, weight } = node.quantizers ?? {};
  const isPlain = (input?.scale.length ?? 1) === 1 && (weight?.scale.length ?? 1) <= n;
  const [down, across] = [height / p, width / p];
  const shape = (dims: readonly number[]) => builder.shared("int64", [dims.length], dims);
  if (!isPlain) {
    const cut = builder.op("Reshape", [INPUT, shape([0, channels, down, p, across, p])], `${patches.name}.cut`);
    const moved = builder.op("Transpose", [cut], `${patches.name}.moved`, { perm: [0, 2, 4, 1, 3, 5] });
    const rows = builder.op("Reshape", [moved, shape([0, down * across, channels * p * p])], patches.name);
    const rounded = input ? roundActivation(builder, rows, input, `${node.name}.input`, channels * p * p, 3) : rows;
    return lowering.product(lowering, node, rounded);
  }
  const rounded = input ? roundActivation(builder, INPUT, input, `${node.name}.input`, width, 4) : INPUT;
  const kernel = builder.op("Reshape", [writeWeight(builder, node, false), shape([n, channels, p, p])], `${node.name}.kernel`);
  const { bias } = node.weights;
  const inputs = bias ? [rounded, kernel, builder.tensor(`${node.name}.bias`, "float", bias.shape, bias.data)] : [rounded, kernel];
  const map = builder.op("Conv", inputs, `${node.name}.map`, { kernel_shape: [p, p], strides: [p, p] });
  const flat = builder.op("Reshape", [map, shape([0, n, down * across])], `${node.name}.flat`);
  return builder.op("Transpose", [flat], node.name, { perm: [0, 2, 1] });
}

/** x . W + b with W [K,N], float or behind a DequantizeLinear. */
export function plainProduct({ builder }: OnnxLowering, node: Node, input: string): string {
  const { bias } = node.weights;
  const weight = writeWeight(builder, node, true);
  if (!bias) return builder.op("MatMul", [input, weight], node.name);
  const product = builder.op("MatMul", [input, weight], `${node.name}.product`);
  return builder.op("Add", [product, builder.tensor(`${node.name}.bias`, "float", bias.shape, bias.data)], node.name);
}

function writeActivation(builder: OnnxBuilder, name: string, kind: string, x: string): string {
  const number = (value: number) => builder.shared("float", [], [value]);
  switch (kind) {
    case "none":
    case "tanh":
      if (builder.opset >= 20) return builder.op("Gelu", [x], name, { approximate: kind });
      return kind === "none" ? exactGelu(builder, name, x) : tanhGelu(builder, name, x);
    case "sigmoid":
    case "silu": {
      const inner = kind === "silu" ? x : builder.op("Mul", [x, number(1.702)], `${name}.scaled`);
      return builder.op("Mul", [x, builder.op("Sigmoid", [inner], `${name}.gate`)], name);
    }
    case "relu":
      return builder.op("Relu", [x], name);
    default:
      throw exportUnsupported("ONNX", `the activation of ${name} (${kind})`);
  }
}

/** x/2 (1 + erf(x / sqrt 2)), in the order that runtimes fuse. */
function exactGelu(builder: OnnxBuilder, name: string, x: string): string {
  const number = (value: number) => builder.shared("float", [], [value]);
  const erf = builder.op("Erf", [builder.op("Div", [x, number(Math.SQRT2)], `${name}.inner`)], `${name}.erf`);
  const product = builder.op("Mul", [x, builder.op("Add", [erf, number(1)], `${name}.sum`)], `${name}.double`);
  return builder.op("Mul", [product, number(0.5)], name);
}

function tanhGelu(builder: OnnxBuilder, name: string, x: string): string {
  const number = (value: number) => builder.shared("float", [], [value]);
  const cube = builder.op("Pow", [x, number(3)], `${name}.cube`);
  const inner = builder.op("Add", [x, builder.op("Mul", [cube, number(0.044715)], `${name}.part`)], `${name}.inner`);
  const tanh = builder.op("Tanh", [builder.op("Mul", [inner, number(Math.sqrt(2 / Math.PI))], `${name}.scaled`)], `${name}.tanh`);
  const half = builder.op("Mul", [x, number(0.5)], `${name}.half`);
  return builder.op("Mul", [half, builder.op("Add", [tanh, number(1)], `${name}.sum`)], name);
}
