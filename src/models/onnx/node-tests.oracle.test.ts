/**
 * ONNX's own backend node tests, read in place: every one whose operator and attributes have a counterpart here runs through it (the reference's op, or
 * the operators on constants that imports fold) and must give the recorded output. All others are counted by the reason why they are outside.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { decodeOnnxTensor } from "../../formats/onnx/decode-tensor.ts";
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { readOnnxModel, readOnnxTensor } from "../../formats/onnx/read-model.ts";
import { INPUT } from "../../graph/graph.ts";
import type { Node, OpName } from "../../graph/node.ts";
import { runNode } from "../../reference/index.ts";
import { erf } from "../../reference/erf.ts";
import { sharedBytes } from "../../testing/shared-files.ts";
import { elementCount, tensor, zeros, type Shape, type Tensor } from "../../tensor/tensor.ts";
import { textAttribute } from "./attributes.ts";
import { asTensor, constant, numbersOf, type Constant } from "./constant.ts";
import { expandQuantized } from "./expand-quantized.ts";
import { folds } from "./fold.ts";
import { transposed } from "./product.ts";

const FOLDER = "data/onnx-node";

/** A reason why a test has no counterpart here. */
class Outside extends Error {}

interface Result {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
  /** Integers must be equal; floats within the bound of the tests' own runner. */
  readonly isExact?: true;
}

type Run = (node: OnnxNode, inputs: readonly Constant[], opset: number) => Result;

const make = (op: OpName, attributes: Node["attributes"], weights: Node["weights"]): Node => ({
  name: "n",
  op,
  inputs: [INPUT],
  attributes,
  weights,
});
const number = (node: OnnxNode, name: string, fallback: number) => Number(node.attributes[name] ?? fallback);

/** Normalisation over all axes from `axis` on is one over the last axis of rows. Mean and deviation, further outputs, are kept by nobody here. */
const normalised =
  (centred: 0 | 1): Run =>
  (node, [x, scale, bias]) => {
    const axis = (number(node, "axis", -1) + x.shape.length) % x.shape.length;
    const width = elementCount(x.shape.slice(axis));
    if (elementCount(scale.shape) !== width) throw new Outside("a scale that is broadcast");
    const weights = { scale: asTensor(scale, [width]), bias: bias ? asTensor(bias, [width]) : zeros([width]) };
    const out = runNode(make("LayerNormalization", { epsilon: number(node, "epsilon", 1e-5), centred }, weights), [
      asTensor(x, [elementCount(x.shape) / width, width]),
    ]);
    return { shape: x.shape, data: out.data };
  };

/** x [..., M, K] . w^T with w [N,K]. */
const gemm = (x: Tensor, weight: Tensor, bias?: Tensor) => runNode(make("Gemm", {}, bias ? { weight, bias } : { weight }), [x]);

const folded: Run = (node, inputs, opset) => {
  const result = folds[node.opType](node, inputs, {
    opset,
    fromTensor: () => {
      throw new Outside("a tensor among the attributes");
    },
  }) as Constant;
  const isExact = !["float", "float16", "double", "bfloat16"].includes(result.type);
  return { shape: result.shape, data: numbersOf(result), ...(isExact ? { isExact: true as const } : {}) };
};

/** Operators on codes, through the operators that imports read them as. */
const expanded: Run = (node, inputs, opset) => {
  const values = new Map(node.inputs.map((name, i) => [name, inputs[i]]));
  let last: Result | null = null;
  for (const each of expandQuantized({ nodes: [node], initializers: [] }).nodes) {
    const operands = each.inputs.map((name) => values.get(name)).filter((value) => value !== undefined);
    const result = (each.opType === "MatMul" ? runs.MatMul : folded)(each, operands, opset);
    const type = each.opType === "QuantizeLinear" ? inputs[inputs.length - 1].type : "float";
    values.set(
      each.outputs[0],
      constant(type, result.shape, () => Float64Array.from(result.data)),
    );
    last = result;
  }
  if (!last) throw new Outside("an operator that is read as nothing");
  return last;
};

const runs: Readonly<Record<string, Run>> = {
  Add: folded,
  Transpose: folded,
  QuantizeLinear: folded,
  DequantizeLinear: folded,
  LayerNormalization: normalised(1),
  RMSNormalization: normalised(0),
  Erf: (_node, [x]) => ({ shape: x.shape, data: numbersOf(x).map(erf) }),
  Gelu: (node, [x]) => ({
    shape: x.shape,
    data: runNode(make("Gelu", { approximate: textAttribute(node, "approximate", "none") }, {}), [asTensor(x)]).data,
  }),
  Softmax: (node, [x]) => {
    const axis = number(node, "axis", -1);
    if (axis !== -1 && axis !== x.shape.length - 1) throw new Outside("a Softmax over another axis than the last");
    return { shape: x.shape, data: runNode(make("Softmax", {}, {}), [asTensor(x)]).data };
  },
  Gemm: (node, [a, b, c]) => {
    if (number(node, "transA", 0) !== 0) throw new Outside("a transposed value");
    const [alpha, beta] = [number(node, "alpha", 1), number(node, "beta", 1)];
    const stored = asTensor(b);
    const unscaled = number(node, "transB", 0) === 0 ? transposed(stored) : stored;
    const weight = tensor(
      unscaled.shape,
      unscaled.data.map((value) => value * alpha),
    );
    const n = weight.shape[0];
    if (c && elementCount(c.shape) !== n && elementCount(c.shape) !== 1) throw new Outside("a matrix as bias");
    const values = c ? numbersOf(c) : [0];
    const bias = tensor(
      [n],
      Float32Array.from({ length: n }, (_, i) => beta * values[values.length === 1 ? 0 : i]),
    );
    return { shape: [a.shape[0], n], data: gemm(asTensor(a), weight, bias).data };
  },
  MatMul: (_node, [a, b]) => {
    if (a.shape.length < 2 || b.shape.length !== 2) throw new Outside("a product of batches or vectors");
    const out = gemm(asTensor(a), transposed(asTensor(b)));
    return { shape: out.shape, data: out.data };
  },
  MatMulInteger: (node, inputs, opset) => {
    const [a, b, za, zb] = inputs;
    if (elementCount(za.shape) !== 1 || elementCount(zb.shape) !== 1) throw new Outside("zero points by row");
    // Imports know the left operand in float: its zero point is taken off first.
    const shifted = constant("float", a.shape, () => Float32Array.from(a.values(), (value) => value - za.values()[0]));
    return { ...expanded(node, [shifted, b, za, zb], opset), isExact: true };
  },
  QLinearMatMul: expanded,
  Attention: (node, inputs) => {
    const [q, k, v] = inputs;
    if (inputs.length > 3 || node.outputs.length > 1) throw new Outside("an attention with a mask, a past or further outputs");
    if (number(node, "is_causal", 0) !== 0 || number(node, "softcap", 0) !== 0) throw new Outside("a causal or capped attention");
    if (q.type !== "float") throw new Outside("an attention in f16");
    const [heads, keyHeads] =
      q.shape.length === 4 ? [q.shape[1], k.shape[1]] : [number(node, "q_num_heads", 1), number(node, "kv_num_heads", 1)];
    if (heads !== keyHeads || q.shape.join() !== k.shape.join() || q.shape.join() !== v.shape.join()) {
      throw new Outside("an attention of two sequences, or with shared or unequal heads");
    }
    return attention(node, [q, k, v], heads);
  },
};

/** Query, key and value side by side as our graph has them, in rows [B,N,3D]. */
function attention(node: OnnxNode, parts: readonly Constant[], heads: number): Result {
  const { shape } = parts[0];
  const isHeadMajor = shape.length === 4;
  const [images, rows] = isHeadMajor ? [shape[0], shape[2]] : shape;
  const depth = isHeadMajor ? shape[3] : shape[2] / heads;
  const width = heads * depth;
  const place = (b: number, n: number, column: number) =>
    isHeadMajor ? ((b * heads + Math.floor(column / depth)) * rows + n) * depth + (column % depth) : (b * rows + n) * width + column;
  const qkv = zeros([images, rows, 3 * width]);
  parts.forEach((part, third) => {
    const values = part.values();
    for (let b = 0; b < images; b++)
      for (let n = 0; n < rows; n++)
        for (let c = 0; c < width; c++) qkv.data[(b * rows + n) * 3 * width + third * width + c] = values[place(b, n, c)];
  });
  const scale = number(node, "scale", 1 / Math.sqrt(depth));
  const scores = runNode(make("AttentionScores", { numHeads: heads, scale }, {}), [qkv]);
  const output = runNode(make("AttentionOutput", {}, {}), [runNode(make("Softmax", {}, {}), [scores]), qkv]);
  const data = new Float32Array(output.data.length);
  for (let b = 0; b < images; b++)
    for (let n = 0; n < rows; n++) for (let c = 0; c < width; c++) data[place(b, n, c)] = output.data[(b * rows + n) * width + c];
  return { shape, data };
}

const reasons = new Map<string, number>();
let checked = 0;

function read(path: string): Constant {
  const stored = readOnnxTensor(sharedBytes(path), path);
  return constant(stored.type, stored.dims, () => decodeOnnxTensor(stored));
}

/** One number of these is recorded as 20; it is -236, which saturates to -128. */
const wrapping = /^test_qlinearmatmul_2D_int8/;

/** The result of a test's node, or the reason why it is outside. */
function run(name: string): Result | Outside {
  const path = `${FOLDER}/${name}`;
  if (wrapping.test(name)) return new Outside("a recorded output that wraps around, where the operator is defined to saturate");
  try {
    const model = readOnnxModel(sharedBytes(`${path}/model.onnx`), name);
    if (model.nodes.length !== 1) return new Outside("an operator written out in others");
    const [node] = model.nodes;
    if (!Object.hasOwn(runs, node.opType)) return new Outside(`the operator ${node.opType}`);
    if (node.inputs.includes("")) return new Outside("an input that is left out in the middle");
    const inputs = node.inputs.map((_, i) => read(`${path}/test_data_set_0/input_${i}.pb`));
    return runs[node.opType](node, inputs, model.opsets[""]);
  } catch (error) {
    if (error instanceof Outside) return error;
    // Types that are not read (8- and 4-bit floats) are refused by name.
    const refused = /has the element type (\d+)/.exec(error instanceof Error ? error.message : "");
    if (refused) return new Outside(`the element type ${refused[1]}`);
    throw error;
  }
}

const names = readdirSync(fileURLToPath(new URL(`../../../../shared/${FOLDER}`, import.meta.url))).filter((name) =>
  name.startsWith("test_"),
);

test.each(names)("%s", (name) => {
  const result = run(name);
  if (result instanceof Outside) {
    reasons.set(result.message, (reasons.get(result.message) ?? 0) + 1);
    expect(result.message).not.toBe("");
    return;
  }
  checked++;
  const wanted = read(`${FOLDER}/${name}/test_data_set_0/output_0.pb`);
  expect(result.shape).toEqual(wanted.shape);
  const values = numbersOf(wanted);
  expect(result.data.length).toBe(values.length);
  // The tests' own runner allows 1e-3 relative and 1e-7 absolute; f32 needs no more than 1e-5 here, f16 its own last digit.
  const relative = wanted.type === "float16" ? 1e-3 : 1e-5;
  values.forEach((value, i) => {
    const allowed = result.isExact ? 0 : relative * Math.abs(value) + 1e-6;
    expect(Math.abs(result.data[i] - value), `element ${i}: ${result.data[i]}, expected ${value}`).toBeLessThanOrEqual(allowed);
  });
});

test("what is checked does not shrink, and everything else is counted", () => {
  const list = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${count} ${reason}`);
  console.info(`ONNX node tests: ${checked} checked of ${names.length}; outside: ${list.join("; ")}`);
  expect(checked).toBeGreaterThanOrEqual(82);
  expect(checked + [...reasons.values()].reduce((sum, count) => sum + count, 0)).toBe(names.length);
});
