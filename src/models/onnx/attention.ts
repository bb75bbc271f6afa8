/**
 * Attention in any layout: query, key and value are views of one or three projections, told apart by their strides alone. The projections become one
 * Gemm [N,3A] with the rows of query, key and value, each head by head, as our graph wants it.
 */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { elementCount, tensor } from "../../tensor/tensor.ts";
import { pickRows, sameQuantizer } from "../quantizer-rows.ts";
import { integerAttribute } from "./attributes.ts";
import { asTensor } from "./constant.ts";
import { operand } from "./operands.ts";
import { isLinear } from "./probe.ts";
import type { Handler, Trace } from "./handler.ts";
import { unsupported } from "./unsupported.ts";
import { joined, shapeOf, sizeOf, viewOf, type Pending, type Scores, type View } from "./value.ts";

export const attention: Readonly<Record<string, Handler>> = {
  Softmax: (node, [x], trace) => {
    const value = operand(node, x);
    const rank = shapeOf(value).length;
    const axis = integerAttribute(node, "axis", trace.opset < 13 ? 1 : -1);
    if (axis !== -1 && axis !== rank - 1) throw unsupported(node, "is a Softmax over another axis than the last");
    if (value.kind === "scores") return { ...value, kind: "probabilities" };
    if (value.kind !== "view" || value.source?.shape.length !== 1)
      throw unsupported(node, "is a Softmax of something else than attention scores");
    trace.notes.add("The network ends in a Softmax, which is left out: logits are compared here.");
    return value;
  },
};

/** Heads first, then rows, then the head's columns: [H,N,Dh] without the batch axis; two axes are one head. Of windows [W,H,N/W,Dh] each head is a map of its own. */
function headsOf(node: OnnxNode, view: View): View {
  if (view.axes.length === 5) {
    const [, windows, heads, rows, columns] = view.axes;
    return { ...view, axes: [[...windows, ...heads], rows, columns] };
  }
  const axes = view.axes.length === 4 ? view.axes.slice(1) : view.axes.length === 2 ? [[], ...view.axes] : view.axes;
  if (axes.length !== 3) throw unsupported(node, "multiplies values with more than four axes");
  return { ...view, axes };
}

/** query [..,H,N,Dh] . key [..,H,Dh,N]. */
export function scoresOf(node: OnnxNode, query: View, key: View): Scores {
  const q = headsOf(node, query);
  const k = headsOf(node, { ...key, axes: [...key.axes.slice(0, -2), ...key.axes.slice(-2).reverse()] });
  const [heads, rows, depth] = shapeOf(q);
  const [keyHeads, keyRows, keyDepth] = shapeOf(k);
  if (heads !== keyHeads || depth !== keyDepth || rows !== keyRows)
    throw unsupported(node, "multiplies values that are no query and key of one sequence");
  return { kind: "scores", query: q, key: k, scale: 1, bias: null, shape: [...shapeOf(query).slice(0, -1), rows], quantizer: null };
}

/** probabilities [..,H,N,N] . value [..,H,N,Dh]; the output is a view of rows [N,H*Dh]. */
export function multiplyProbabilities(node: OnnxNode, probabilities: Scores, value: View, trace: Trace): View {
  const { query, key } = probabilities;
  const views = [query, key, headsOf(node, value)] as const;
  const [heads, rows, depth] = shapeOf(query);
  if (shapeOf(views[2]).join() !== [heads, rows, depth].join())
    throw unsupported(node, "multiplies probabilities with values of other heads or tokens");
  const factors = views.map((view) => factorOf(node, view));
  if (factors[2] !== 1) throw unsupported(node, "multiplies probabilities with a value that was changed after its projection");
  const { qkv, windows } = fuse(node, views, trace);
  const numHeads = heads / windows;
  const scale = tidy(probabilities.scale * factors[0] * factors[1], depth);
  const scores = trace.make({
    op: "AttentionScores",
    inputs: [qkv],
    shape: [heads, rows, rows],
    attributes: { numHeads, scale, ...(windows > 1 ? { windows } : {}) },
    quantizers: () => ({ ...(query.quantizer ? { query: query.quantizer } : {}), ...(key.quantizer ? { key: key.quantizer } : {}) }),
  });
  const { bias } = probabilities;
  const biased = bias
    ? trace.make({
        op: "AttentionBias",
        inputs: [scores],
        shape: scores.shape,
        weights: { bias: () => asTensor(bias, [elementCount(bias.shape) / rows ** 2, rows, rows]) },
      })
    : scores;
  const { stretch = {} } = probabilities;
  const softmax = trace.make({ op: "Softmax", inputs: [biased], shape: scores.shape, attributes: stretch });
  const output = trace.make({
    op: "AttentionOutput",
    inputs: [softmax, qkv],
    shape: [windows * rows, numHeads * depth],
    quantizers: () => ({
      ...(probabilities.quantizer ? { probabilities: probabilities.quantizer } : {}),
      ...(value.quantizer ? { value: value.quantizer } : {}),
    }),
  });
  const width = numHeads * depth;
  const axes = [[{ size: numHeads, stride: depth }], [{ size: rows, stride: width }], [{ size: depth, stride: 1 }]];
  if (windows > 1) {
    if (value.axes.length !== 5) throw unsupported(node, "multiplies windows in other axes than their own");
    return { ...viewOf(output, output.shape), axes: [[], [{ size: windows, stride: rows * width }], ...axes] };
  }
  return {
    ...viewOf(output, output.shape),
    axes: [...value.axes.slice(0, -3).map(() => []), ...axes].slice(-Math.max(value.axes.length, 3)),
  };
}

/** Products of f32 square roots give 1 / sqrt(depth) up to its last digits; the same model in other forms has it exactly. */
function tidy(scale: number, depth: number): number {
  const usual = 1 / Math.sqrt(depth);
  return Math.abs(scale / usual - 1) < 1e-6 ? usual : scale;
}

function factorOf(node: OnnxNode, { samples }: View): number {
  if (!samples) return 1;
  if (!isLinear(samples) || samples[0] !== 0) throw unsupported(node, "multiplies a query, key or value that went through a function");
  return samples[1];
}

/** Rows of a projection that one of query, key and value takes, in the order of heads and columns. */
interface Rows {
  readonly gemm: Pending;
  readonly rows: readonly number[];
  /** Runs of tokens that are kept apart. */
  readonly windows: number;
}

function rowsOf(node: OnnxNode, view: View): Rows {
  const { source, offset } = view;
  const [maps, tokens, columns] = view.axes.map(joined);
  if (source?.op !== "Gemm" || source.shape.length !== 2)
    throw unsupported(node, "multiplies a query, key or value that is no plain projection");
  const [count, width] = source.shape;
  // The slowest run of maps is one of windows where it steps over whole rows.
  const windows = maps.length > 0 && maps[0].stride === sizeOf(tokens) * width ? maps[0].size : 1;
  const heads = windows > 1 ? maps.slice(1) : maps;
  const inside = count / windows;
  const isRows = tokens.length === 1 ? tokens[0].size === inside && tokens[0].stride === width : inside === 1;
  if (!isRows || heads.length > 1 || columns.length > 1)
    throw unsupported(node, "multiplies a query, key or value whose tokens are no rows of its projection");
  const rows: number[] = [];
  for (let h = 0; h < sizeOf(heads); h++) {
    for (let d = 0; d < sizeOf(columns); d++) rows.push(offset + h * (heads[0]?.stride ?? 0) + d * (columns[0]?.stride ?? 0));
  }
  if (rows.some((row) => row >= width)) throw unsupported(node, "multiplies a query, key or value that mixes tokens");
  return { gemm: source, rows, windows };
}

function fuse(node: OnnxNode, views: readonly View[], trace: Trace): { readonly qkv: Pending; readonly windows: number } {
  const parts = views.map((view) => rowsOf(node, view));
  const [{ windows }] = parts;
  if (parts.some((part) => part.windows !== windows)) throw unsupported(node, "takes query, key and value from different windows");
  const [{ gemm: first }] = parts;
  const all = parts.flatMap(({ gemm, rows }) => rows.map((row) => ({ gemm, row })));
  if (all.every(({ gemm, row }, i) => gemm === first && row === i) && all.length === first.shape[1]) return { qkv: first, windows };
  const input = first.inputs[0];
  if (parts.some(({ gemm }) => gemm.inputs[0] !== input)) throw unsupported(node, "takes query, key and value from different values");
  const hasBias = parts.some(({ gemm }) => gemm.weights.bias);
  const weight = () => gatherRows(all, "weight");
  const qkv = trace.make({
    op: "Gemm",
    inputs: [input],
    shape: [first.shape[0], all.length],
    weights: hasBias ? { weight, bias: () => gatherRows(all, "bias") } : { weight },
    quantizers: () => {
      const own = parts.map(({ gemm }) => gemm.quantizers());
      const inputs = own.map((quantizers) => quantizers.input ?? null);
      const shared: Quantizer | null = inputs.every((quantizer) => sameQuantizer(quantizer, inputs[0])) ? inputs[0] : null;
      if (inputs.some((quantizer) => quantizer) && !shared)
        trace.notes.add("Query, key and value round their input differently; it is left in float.");
      const chosen = pickRows(all.map(({ gemm, row }) => ({ quantizer: gemm.quantizers().weight ?? null, row, count: gemm.shape[1] })));
      return { ...(shared ? { input: shared } : {}), ...(chosen ? { weight: chosen } : {}) };
    },
  });
  return { qkv, windows };
}

/** Rows of weights [N,K], or elements of biases [N]; a projection without bias gives zeros. */
function gatherRows(all: readonly { readonly gemm: Pending; readonly row: number }[], name: "weight" | "bias") {
  const made = new Map([...new Set(all.map(({ gemm }) => gemm))].map((gemm) => [gemm, gemm.weights[name]?.().data ?? null]));
  const width = name === "bias" ? 1 : all[0].gemm.weights.weight().shape[1];
  const data = new Float32Array(all.length * width);
  all.forEach(({ gemm, row }, i) => {
    const from = made.get(gemm);
    if (from) data.set(from.subarray(row * width, (row + 1) * width), i * width);
  });
  return tensor(name === "bias" ? [all.length] : [all.length, width], data);
}
