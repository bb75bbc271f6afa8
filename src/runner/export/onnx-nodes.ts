/** Every op of our graph in ONNX, with the batch axis in front. Values are named after our nodes. */
import { INPUT, type Attributes, type Graph, type Node } from "../../graph/graph.ts";
import type { OpName } from "../../graph/node.ts";
import { attribute, isCentred, optionalSitesOf, stretchOf, windowsOf } from "../../graph/ops.ts";
import type { Site } from "../../graph/quantizer.ts";
import { exportUnsupported } from "./export-format.ts";
import type { OnnxBuilder } from "./onnx-builder.ts";
import type { Lower, OnnxLowering } from "./onnx-lowering.ts";
import { roundActivation, writeWeight } from "./onnx-quantizers.ts";
import { call, structuredLowerings, writePatches } from "./onnx-structured-nodes.ts";
import { affineFunction, clippedSoftmaxFunction, rmsNormFunction } from "./onnx-structures.ts";

export function lowerNode(lowering: OnnxLowering, node: Node): void {
  const lower = lowerings[node.op];
  if (!lower) throw exportUnsupported("ONNX", `${node.name} (${node.op})`);
  if (node.attributes.arithmetic !== undefined) throw exportUnsupported("ONNX", `${node.name}, which is computed in integers`);
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
  "c0",
  "c1",
  "c2",
  "gamma",
  "zeta",
]);

function valueOf({ values, graph }: OnnxLowering, name: string): string {
  const value = values.get(name);
  if (value === undefined) throw new Error(`internal: ${name} of ${graph.name} was not written before it is read`);
  return value;
}

const lowerings: Partial<Record<OpName, Lower>> = {
  ...structuredLowerings,
  // Products over patches take the pixels themselves.
  Patchify: (lowering, node) => {
    const isProductOnly = lowering.graph.nodes.every(({ op, inputs }) => op === "Gemm" || !inputs.includes(node.name));
    return isProductOnly ? INPUT : writePatches(lowering, node, INPUT);
  },
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
    if (!isCentred(node)) {
      const epsilon = builder.tensor(`${node.name}.epsilon`, "float", [], [attribute(node, "epsilon")]);
      return call(builder, rmsNormFunction(builder.opset), [x, ...vectors, epsilon], node.name);
    }
    return builder.op("LayerNormalization", [x, ...vectors], node.name, { axis: -1, epsilon: attribute(node, "epsilon") });
  },
  Affine: ({ builder, graph }, { name, inputs, weights: { scale, bias } }, [x]) => {
    const vectors = [
      builder.tensor(`${name}.scale`, "float", scale.shape, scale.data),
      builder.tensor(`${name}.bias`, "float", bias.shape, bias.data),
    ];
    // Readers know a factor behind these two; behind others they would take it into the weights.
    const producer = graph.nodes.find((other) => other.name === inputs[0])?.op;
    if (producer !== "Gelu" && producer !== "AttentionOutput") return call(builder, affineFunction(builder.opset), [x, ...vectors], name);
    return builder.op("Add", [builder.op("Mul", [x, vectors[0]], `${name}.scaled`), vectors[1]], name);
  },
  AttentionScores: (lowering, node) => {
    const { builder } = lowering;
    const places = { qkv: node.inputs[0], heads: attribute(node, "numHeads"), windows: windowsOf(node) };
    const [query, key] = (["query", "key"] as const).map((site, third) => operand(lowering, node, site, third, places));
    const product = builder.op("MatMul", [query, key], `${node.name}.product`);
    return builder.op("Mul", [product, builder.tensor(`${node.name}.factor`, "float", [], [attribute(node, "scale")])], node.name);
  },
  // Maps of windows are [B,W,H,N,N]: a bias of every head meets them as it is, one of every window and head parted.
  AttentionBias: ({ builder, graph }, { name, weights: { bias } }, [x]) => {
    const [period, rows] = bias.shape;
    const heads = headsAt(graph, name);
    const dims = period > heads ? [period / heads, heads, rows, rows] : bias.shape;
    return builder.op("Add", [x, builder.tensor(`${name}.bias`, "float", dims, bias.data)], name);
  },
  Softmax: ({ builder }, node, [x]) => {
    const stretch = stretchOf(node);
    if (!stretch) return builder.op("Softmax", [x], node.name, { axis: -1 });
    const one = (name: string, value: number) => builder.tensor(`${node.name}.${name}`, "float", [], [value]);
    const inputs = [x, one("factor", stretch.zeta - stretch.gamma), one("gamma", stretch.gamma)];
    return call(builder, clippedSoftmaxFunction(builder.opset), inputs, node.name);
  },
  AttentionOutput: (lowering, node, [p]) => {
    const { builder, graph } = lowering;
    const [maps, tokens] = graph.shapes[node.inputs[0]];
    const [rows, width] = graph.shapes[node.name];
    const windows = rows / tokens;
    const quantizer = node.quantizers?.probabilities;
    const rank = windows > 1 ? 5 : 4;
    const probabilities = quantizer ? roundActivation(builder, p, quantizer, `${node.name}.probabilities`, tokens, rank) : p;
    const value = operand(lowering, node, "value", 2, { qkv: node.inputs[1], heads: maps / windows, windows });
    const product = builder.op("MatMul", [probabilities, value], `${node.name}.product`);
    const perm = windows > 1 ? [0, 1, 3, 2, 4] : [0, 2, 1, 3];
    const moved = builder.op("Transpose", [product], `${node.name}.rows`, { perm });
    return builder.op("Reshape", [moved, builder.shared("int64", [3], [0, windows > 1 ? rows : 0, width])], node.name);
  },
  Gelu: ({ builder }, { name, attributes }, [x]) => writeActivation(builder, name, { kind: attributes.approximate }, x),
  Activation: ({ builder }, { name, attributes }, [x]) => writeActivation(builder, name, attributes, x),
  // f(a) * b of the halves; readers know the product of both halves of one value.
  GatedActivation: ({ builder, graph }, node, [x]) => {
    const { name, attributes } = node;
    const width = graph.shapes[name].at(-1) ?? 1;
    const rank = graph.shapes[name].length;
    const [a, b] = builder.split("Split", [x, builder.shared("int64", [2], [width, width])], `${name}.halves`, 2, { axis: rank });
    return builder.op("Mul", [writeActivation(builder, `${name}.act`, attributes, a), b], name);
  },
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

/** Heads of the scores that lead to a bias. */
function headsAt(graph: Graph, name: string): number {
  const node = graph.nodes.find((other) => other.name === name);
  if (!node || node.op === "AttentionScores") return node ? attribute(node, "numHeads") : 1;
  return headsAt(graph, node.inputs[0]);
}

interface AttentionPlaces {
  readonly qkv: string;
  readonly heads: number;
  readonly windows: number;
}

/** A third of qkv, rounded and parted into heads: [B,H,N,Dh], with windows [B,W,H,N/W,Dh]; the key with its last two axes exchanged. */
function operand(lowering: OnnxLowering, node: Node, site: Site, third: number, { qkv, heads, windows }: AttentionPlaces): string {
  const { builder, graph, thirds } = lowering;
  const [tokens, columns] = graph.shapes[qkv];
  const width = columns / 3;
  const known =
    thirds.get(qkv) ??
    builder.split("Split", [valueOf(lowering, qkv), builder.shared("int64", [3], [width, width, width])], `${qkv}.thirds`, 3, { axis: 2 });
  thirds.set(qkv, known);
  const name = `${node.name}.${site}`;
  const quantizer = node.quantizers?.[site];
  const rounded = quantizer ? roundActivation(builder, known[third], quantizer, name, width, 3) : known[third];
  const shape = windows > 1 ? [0, windows, tokens / windows, heads, width / heads] : [0, 0, heads, width / heads];
  const parted = builder.op("Reshape", [rounded, builder.shared("int64", [shape.length], shape)], `${name}.heads`);
  const perm = site === "key" ? [0, 2, 3, 1] : [0, 2, 1, 3];
  // The windows' axis stays behind the batch's.
  return builder.op("Transpose", [parted], name, { perm: windows > 1 ? [0, ...perm.map((axis) => axis + 1)] : perm });
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

function writeActivation(builder: OnnxBuilder, name: string, attributes: Attributes, x: string): string {
  const number = (value: number) => builder.shared("float", [], [value]);
  const { kind } = attributes;
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
    case "polynomial": {
      const [c0, c1, c2] = [attributes.c0, attributes.c1, attributes.c2].map(Number);
      const slope = builder.op("Add", [builder.op("Mul", [x, number(c2)], `${name}.square`), number(c1)], `${name}.slope`);
      return builder.op("Add", [builder.op("Mul", [slope, x], `${name}.inner`), number(c0)], name);
    }
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
