/** Matrix products with constant weights: Conv over patches, MatMul, Gemm. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { INPUT } from "../../graph/graph.ts";
import type { Quantizer, Quantizers } from "../../graph/quantizer.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../../tensor/tensor.ts";
import { scaleQuantizer } from "../quantizer-rows.ts";
import { integerAttribute, integersAttribute, numberAttribute, textAttribute } from "./attributes.ts";
import { multiplyProbabilities, scoresOf } from "./attention.ts";
import { asTensor, scalarOf, type Constant } from "./constant.ts";
import { constantOperand, operand, viewOperand } from "./operands.ts";
import type { Handler, Trace } from "./handler.ts";
import { weightQuantizer } from "./quantizers.ts";
import { broken, unsupported } from "./unsupported.ts";
import { joined, runsOf, shapeOf, sizeOf, viewOf, type Pending, type View } from "./value.ts";

export const product: Readonly<Record<string, Handler>> = {
  Conv: (node, [x, weight, bias], trace) =>
    patchConvolution(
      node,
      viewOperand(node, x),
      constantOperand(node, weight, "a weight"),
      bias ? constantOperand(node, bias, "a bias") : null,
      trace,
    ),
  MatMul: (node, [a, b], trace) => {
    const [left, right] = [operand(node, a), operand(node, b)];
    if (left.kind === "probabilities") return multiplyProbabilities(node, left, viewOperand(node, right), trace);
    const view = viewOperand(node, left);
    if (right.kind === "constant") return linear(node, view, weightOf(node, right, 1), null, trace);
    return scoresOf(node, view, viewOperand(node, right));
  },
  Gemm: (node, [a, b, c], trace) => {
    if (integerAttribute(node, "transA", 0) !== 0) throw unsupported(node, "multiplies a transposed value");
    const rows = integerAttribute(node, "transB", 0) === 0 ? 1 : 0;
    const weight = weightOf(node, constantOperand(node, b, "a weight"), rows);
    const [alpha, beta] = [numberAttribute(node, "alpha", 1), numberAttribute(node, "beta", 1)];
    const bias = c ? constantOperand(node, c, "a bias") : null;
    const scaled = alpha === 1 ? weight : scaleWeight(weight, alpha);
    return linear(node, viewOperand(node, a), scaled, bias && scaleBias(node, bias, weight.shape[0], beta), trace);
  },
};

/** A weight [N,K] with its quantizer. */
export interface Weight {
  readonly shape: readonly [number, number];
  readonly data: () => Tensor;
  readonly quantizer: () => Quantizer | null;
}

/** `rows`: which axis of the constant is N. Further axes (of a convolution, of a batch of one) belong to the other. */
export function weightOf(node: OnnxNode, value: Constant, rows: 0 | 1): Weight {
  const [first, second, ...rest] = value.shape.length === 3 && value.shape[0] === 1 ? value.shape.slice(1) : value.shape;
  if (second === undefined || (rest.length > 0 && rows === 1))
    throw unsupported(node, `has a weight of the shape [${value.shape.join(",")}]`);
  const n = rows === 0 ? first : second;
  const k = elementCount(value.shape) / n;
  const { quantized } = value;
  return {
    shape: [n, k],
    data: () => (rows === 0 ? asTensor(value, [n, k]) : transposed(asTensor(value, [k, n]))),
    quantizer: () => (quantized && quantized.codes.shape.length !== 3 ? weightQuantizer(quantized, rows) : null),
  };
}

export function transposed(x: Tensor): Tensor {
  const [rows, columns] = x.shape;
  const out = new Float32Array(x.data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = x.data[row * columns + column];
  return tensor([columns, rows], out);
}

function scaleWeight(weight: Weight, factor: number): Weight {
  const factors = Array.from({ length: weight.shape[0] }, () => factor);
  return {
    shape: weight.shape,
    data: () => {
      const { shape, data } = weight.data();
      return tensor(
        shape,
        data.map((value) => value * factor),
      );
    },
    quantizer: () => {
      const quantizer = weight.quantizer();
      return quantizer && scaleQuantizer(quantizer, factors);
    },
  };
}

/** Gemm's C, which may be [N], [1,N] or one number. */
function scaleBias(node: OnnxNode, bias: Constant, n: number, beta: number): () => Tensor {
  const one = scalarOf(bias);
  if (one === null && elementCount(bias.shape) !== n) throw unsupported(node, `adds a matrix [${bias.shape.join(",")}] to its product`);
  return () => {
    const values = one === null ? asTensor(bias, [n]).data : new Float32Array(n).fill(one);
    return tensor(
      [n],
      values.map((value) => value * beta),
    );
  };
}

/** y = x . weight^T + bias over the last axis of a value. */
export function linear(node: OnnxNode, view: View, weight: Weight, bias: (() => Tensor) | null, trace: Trace): View {
  const shape = shapeOf(view);
  const [n, k] = weight.shape;
  if (shape.at(-1) !== k) throw broken(node, `[${shape.join(",")}] meets a weight for ${k} inputs`);
  const patches = view.source === null ? patchRows(node, view, weight, trace) : null;
  const source = patches?.patches ?? trace.read({ ...view, quantizer: null }, node);
  const used = patches?.weight ?? weight;
  const made = trace.make({
    op: "Gemm",
    inputs: [source],
    shape: [...source.shape.slice(0, -1), n],
    weights: { weight: used.data, ...(bias ? { bias } : {}) },
    quantizers: () => quantizersOf(view.quantizer, used.quantizer()),
  });
  const rows = source.shape.length === 2 ? source.shape[0] : 1;
  return rowsUnder(node, made, shape.with(-1, n), rows);
}

export function quantizersOf(input: Quantizer | null, weight: Quantizer | null): Quantizers {
  return { ...(input ? { input } : {}), ...(weight ? { weight } : {}) };
}

/** The output [rows, n] (or [n]) under ONNX's shape, in which one axis counts the rows. */
function rowsUnder(node: OnnxNode, made: Pending, shape: Shape, rows: number): View {
  const n = made.shape.at(-1) ?? 1;
  if (elementCount(shape) !== rows * n) throw unsupported(node, "multiplies rows in more than one axis");
  let stride = rows * n;
  const axes = shape.map((size) => {
    stride /= size;
    return size === 1 ? [] : [{ size, stride }];
  });
  return { ...viewOf(made, made.shape), axes };
}

/** Pixels cut into patches by Reshape and Transpose (einops), in whatever order of the elements: the weight's columns take our order instead. */
function patchRows(node: OnnxNode, view: View, weight: Weight, trace: Trace): { patches: Pending; weight: Weight } {
  const columns = view.axes.at(-1) ?? [];
  const rows = joined(view.axes.slice(0, -1).flat());
  const strides = [...columns].sort((a, b) => b.stride - a.stride);
  // Channels lie furthest apart, then rows of the patch, then its columns.
  const patch = strides.at(-1)?.size ?? 0;
  const width = strides.at(-2)?.stride ?? 0;
  const grid = rows.at(-1)?.size ?? 0;
  const [channels, plane] = strides.length === 3 ? [strides[0].size, strides[0].stride] : [1, patch * patch * sizeOf(rows)];
  const height = plane / width;
  const isPatches =
    strides.at(-1)?.stride === 1 &&
    strides.at(-2)?.size === patch &&
    grid * patch === width &&
    rows.at(-1)?.stride === patch &&
    sizeOf(rows) * patch * patch === plane &&
    view.offset === 0 &&
    view.samples === null &&
    Number.isInteger(height);
  if (!isPatches) throw unsupported(node, "multiplies pixels that are no square patches");
  const order: number[] = [];
  const place = (c: number, y: number, x: number) => {
    let index = 0;
    for (const run of columns) index = index * run.size + (run.stride === plane ? c : run.stride === width ? y : x);
    return index;
  };
  for (let c = 0; c < channels; c++) for (let y = 0; y < patch; y++) for (let x = 0; x < patch; x++) order.push(place(c, y, x));
  const made = trace.make({ op: "Patchify", inputs: [INPUT], shape: [sizeOf(rows), order.length], attributes: { patchSize: patch } });
  const [n, k] = weight.shape;
  const data = () => {
    const stored = weight.data().data;
    return tensor(
      [n, k],
      Float32Array.from({ length: n * k }, (_, i) => stored[Math.floor(i / k) * k + order[i % k]]),
    );
  };
  const quantizer = () => {
    const found = weight.quantizer();
    return found && found.scale.length <= n ? found : null;
  };
  return { patches: made, weight: { shape: weight.shape, data, quantizer } };
}

/** A convolution whose stride is its kernel: [1,C,H,W] -> [1,D,H/p,W/p], computed as rows [P,D]. */
function patchConvolution(node: OnnxNode, view: View, weight: Constant, bias: Constant | null, trace: Trace): View {
  const [, channels, height, width] = shapeOf(view);
  const [dim, depth, patch, across] = weight.shape;
  const strides = integersAttribute(node, "strides") ?? [1, 1];
  const pads = integersAttribute(node, "pads") ?? [];
  const dilations = integersAttribute(node, "dilations") ?? [];
  const isPatches = weight.shape.length === 4 && patch === across && strides.every((stride) => stride === patch) && depth === channels;
  const isPlain =
    pads.every((pad) => pad === 0) &&
    dilations.every((dilation) => dilation === 1) &&
    integerAttribute(node, "group", 1) === 1 &&
    ["NOTSET", "VALID"].includes(textAttribute(node, "auto_pad", "NOTSET"));
  const isImage = view.source === null && view.samples === null && view.offset === 0 && runsOf(view).length === 1;
  if (!isPatches || !isPlain || !isImage)
    throw unsupported(node, "is a convolution other than the one that embeds square patches of the image");
  if (height % patch !== 0 || width % patch !== 0)
    throw unsupported(node, `cuts patches of ${patch} out of an image of ${height}x${width}`);
  const [down, right] = [height / patch, width / patch];
  const patches = trace.make({
    op: "Patchify",
    inputs: [INPUT],
    shape: [down * right, channels * patch * patch],
    attributes: { patchSize: patch },
  });
  const rows = weightOf(node, weight, 0);
  const made = trace.make({
    op: "Gemm",
    inputs: [patches],
    shape: [down * right, dim],
    weights: { weight: rows.data, ...(bias ? { bias: () => asTensor(bias, [dim]) } : {}) },
    quantizers: () => quantizersOf(view.quantizer, rows.quantizer()),
  });
  const axes = [[], [{ size: dim, stride: 1 }], [{ size: down, stride: right * dim }], [{ size: right, stride: dim }]];
  return { ...viewOf(made, made.shape), axes };
}
