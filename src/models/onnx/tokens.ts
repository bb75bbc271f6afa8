/** Class and register tokens, positional embeddings, and what pools the tokens at the end. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { elementCount, tensor, zeros, type Tensor } from "../../tensor/tensor.ts";
import { integerAttribute, integersAttribute } from "./attributes.ts";
import { asTensor, numbersOf, type Constant } from "./constant.ts";
import { operand, viewOperand } from "./operands.ts";
import { normalAxis } from "./fold.ts";
import type { Handler, Trace } from "./handler.ts";
import { rowMean } from "./normalization.ts";
import { remake } from "./rewrite.ts";
import { broken, unsupported } from "./unsupported.ts";
import { outputView, joined, runsOf, shapeOf, type Pending, type Value, type View } from "./value.ts";

export const tokens: Readonly<Record<string, Handler>> = {
  Concat: (node, inputs, trace) => {
    const values = inputs.map((value) => operand(node, value));
    const rank = shapeOf(values[0]).length;
    const axis = normalAxis(node, integerAttribute(node, "axis", 0), rank);
    if (rank !== 3 || axis !== 1) throw unsupported(node, "joins values other than along their tokens");
    return outputView(joinTokens(node, values, trace));
  },
  ReduceMean: (node, [x, axes], trace) => {
    const value = operand(node, x);
    const rank = shapeOf(value).length;
    const stated = axes?.kind === "constant" ? numbersOf(axes) : integersAttribute(node, "axes");
    const reduced = (stated ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) => normalAxis(node, axis, rank));
    if (reduced.length === 1 && reduced[0] === rank - 1) return rowMean(node, value);
    return meanOfTokens(node, viewOperand(node, value), reduced, trace);
  },
  GlobalAveragePool: (node, [x], trace) => {
    const view = viewOperand(node, x);
    const axes = shapeOf(view).map((_, axis) => axis);
    return meanOfTokens({ ...node, attributes: { keepdims: 1 } }, view, axes.slice(2), trace);
  },
};

/** The mean over rows [start, N) of [N,D]. */
function meanOfTokens(node: OnnxNode, view: View, reduced: readonly number[], trace: Trace): View {
  const { offset, samples } = view;
  // Functions of all elements are finished before the mean is taken.
  const source = samples && view.source ? trace.read({ ...outputView(view.source), samples }, node) : view.source;
  const kept = joined(view.axes.filter((_, axis) => !reduced.includes(axis)).flat());
  const rows = joined(view.axes.filter((_, axis) => reduced.includes(axis)).flat());
  const [count, width] = source?.shape ?? [];
  const isRows =
    source?.shape.length === 2 &&
    kept.length === 1 &&
    kept[0].size === width &&
    kept[0].stride === 1 &&
    rows.length === 1 &&
    rows[0].stride === width;
  const start = offset / width;
  if (!isRows || start + rows[0].size !== count) throw unsupported(node, "takes a mean over something else than tokens");
  const made = outputView(trace.make({ op: "ReduceMean", inputs: [source], shape: [width], attributes: { start } }));
  const keep = integerAttribute(node, "keepdims", 1) === 1;
  const axes = view.axes.flatMap((_, axis) => (reduced.includes(axis) ? (keep ? [[]] : []) : [axis === 0 ? [] : made.axes[1]]));
  return { ...made, axes };
}

/** Rows of the sequence: constant ones, some of those that are there already, and the patches. */
interface TokenRows {
  readonly count: number;
  readonly prefix: () => readonly Tensor[];
  /** The patches' node and their positions, once they are reached. */
  readonly patches: { readonly node: Pending; readonly positions: () => Tensor } | null;
}

function joinTokens(node: OnnxNode, values: readonly Value[], trace: Trace): Pending {
  const parts = values.map((value) => tokenRows(node, value, trace));
  const last = parts.at(-1)?.patches;
  if (!last || parts.slice(0, -1).some(({ patches }) => patches))
    throw unsupported(node, "joins tokens other than class or register tokens before patches");
  const width = last.node.shape[1];
  if (values.some((value) => shapeOf(value).at(-1) !== width)) throw broken(node, "rows of different widths are joined");
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const prefix = () => {
    const rows = parts.flatMap((part) => part.prefix());
    const data = new Float32Array(count * width);
    let at = 0;
    for (const row of rows) {
      data.set(row.data, at);
      at += row.data.length;
    }
    return tensor([count, width], data);
  };
  const shape = [count + last.node.shape[0], width];
  return trace.make({ op: "PrependTokens", inputs: [last.node], shape, weights: { prefix, positions: last.positions } });
}

function tokenRows(node: OnnxNode, value: Value, trace: Trace): TokenRows {
  if (value.kind === "constant") {
    const [images, count, width] = value.shape;
    if (value.shape.length !== 3 || images !== 1) throw broken(node, `tokens are a constant [${value.shape.join(",")}]`);
    return { count, prefix: () => [asTensor(value, [count, width])], patches: null };
  }
  const view = viewOperand(node, value);
  const { source } = view;
  if (source?.op !== "PrependTokens") {
    const patches = trace.read(view, node);
    return { count: 0, prefix: () => [], patches: { node: patches, positions: () => zeros(patches.shape) } };
  }
  const runs = runsOf(view);
  const [total, width] = source.shape;
  const first = view.offset / width;
  const rows = elementCount(shapeOf(view)) / width;
  const [patches] = source.inputs;
  if (runs.length !== 1 || runs[0].stride !== 1 || !Number.isInteger(first) || view.samples || typeof patches === "string") {
    throw unsupported(node, "joins tokens that are not whole rows of the sequence");
  }
  const own = total - patches.shape[0];
  const reaches = first + rows === total;
  if (!reaches && first + rows > own) throw unsupported(node, "takes some of the patches apart");
  const end = Math.min(first + rows, own);
  return {
    count: Math.max(0, end - first),
    prefix: () => [tensor([end - first, width], source.weights.prefix().data.slice(first * width, end * width))],
    patches: reaches ? { node: patches, positions: source.weights.positions } : null,
  };
}

/** What patches are embedded by: one product, or convolutions and the largest of their outputs. */
const positioned: ReadonlySet<string> = new Set(["Gemm", "MaxRows", "GatherRows", "Activation", "Gelu"]);

/** Positional embeddings [N,D]: to patches before any token joins them, or to the whole sequence. */
export function addPositions(node: OnnxNode, source: Pending, positions: Constant, trace: Trace): Pending {
  const [count, width] = source.shape;
  const added = () => asTensor(positions, [count, width]);
  if (source.op === "PrependTokens") {
    const own = () => source.weights.prefix().shape[0];
    const sum = (x: Tensor, from: number): Tensor =>
      tensor(
        x.shape,
        x.data.map((value, i) => value + added().data[from + i]),
      );
    return remake(trace, source, {
      prefix: () => sum(source.weights.prefix(), 0),
      positions: () => sum(source.weights.positions(), own() * width),
    });
  }
  if (!positioned.has(source.op) || source.shape.length !== 2)
    throw unsupported(node, `adds one number to each element of the output of ${source.op}`);
  return trace.make({
    op: "PrependTokens",
    inputs: [source],
    shape: source.shape,
    weights: { prefix: () => zeros([0, width]), positions: added },
  });
}
