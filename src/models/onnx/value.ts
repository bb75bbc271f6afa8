/**
 * What a value of an ONNX graph is while the graph is read. Elements that only move (Reshape, Transpose, Slice, Split, Gather) stay views of what was
 * computed, so that every exporter's way of parting query, key and value ends in the same strides; what is half computed (the deviation of a
 * LayerNormalization, attention scores) has a kind of its own until the operator comes that completes it.
 */
import type { OnnxType } from "../../formats/onnx/onnx-model.ts";
import type { INPUT } from "../../graph/graph.ts";
import type { Attributes, OpName } from "../../graph/node.ts";
import type { Quantizer, Quantizers } from "../../graph/quantizer.ts";
import { elementCount, type Shape, type Tensor } from "../../tensor/tensor.ts";
import type { Constant } from "./constant.ts";

/** A node of our graph, not yet named; its weights are made when the graph is. */
export interface Pending {
  readonly id: number;
  readonly op: OpName;
  readonly inputs: readonly (Pending | typeof INPUT)[];
  readonly attributes: Attributes;
  readonly weights: Readonly<Record<string, () => Tensor>>;
  /** Shape of the output, per image. */
  readonly shape: Shape;
  readonly quantizers: () => Quantizers;
}

/** Elements at `stride` from each other; an axis of a view is a list of such runs, the slowest first. */
export interface Run {
  readonly size: number;
  readonly stride: number;
}

export interface View {
  readonly kind: "view";
  /** null: the pixels [C,H,W]. */
  readonly source: Pending | null;
  readonly axes: readonly (readonly Run[])[];
  readonly offset: number;
  /** A function of each element, by its values at `points`; null: none. */
  readonly samples: Float64Array<ArrayBuffer> | null;
  /** How the elements were rounded by the last QuantizeLinear and DequantizeLinear. */
  readonly quantizer: Quantizer | null;
}

/** A number per row, or elements with it: LayerNormalization in the making. `of`: the rows [N,D]. */
export interface RowStatistic {
  readonly kind: "mean" | "deviation" | "squared-deviation" | "variance" | "standard-deviation" | "reciprocal-deviation";
  readonly of: View;
  readonly shape: Shape;
  readonly epsilon: number;
}

/** query . key^T, with the factors that came before and after; [heads, N, N]. */
export interface Scores {
  readonly kind: "scores" | "probabilities";
  readonly query: View;
  readonly key: View;
  readonly scale: number;
  /** Added after the factor: [P,N,N], for each head or window and head. */
  readonly bias: Constant | null;
  /** Of a clipped softmax. */
  readonly stretch?: { readonly gamma: number; readonly zeta: number };
  readonly shape: Shape;
  readonly quantizer: Quantizer | null;
}

/** What QuantizeLinear makes of a value: the same value, to be read back by DequantizeLinear. */
export interface Codes {
  readonly kind: "codes";
  readonly of: View | Scores;
  readonly type: OnnxType;
  readonly quantizer: Quantizer;
  readonly shape: Shape;
}

export type Value = Constant | View | RowStatistic | Scores | Codes;

export function shapeOf(value: Value): Shape {
  return value.kind === "view" ? value.axes.map(sizeOf) : value.shape;
}

export function sizeOf(axis: readonly Run[]): number {
  return axis.reduce((product, { size }) => product * size, 1);
}

/** The whole of a node's output with the batch axis in front: [1,N,D], or [1,D]. */
export function viewOf(source: Pending | null, shape: Shape): View {
  let stride = elementCount(shape);
  const axes = shape.map((size) => {
    stride /= size;
    return [{ size, stride }];
  });
  return { kind: "view", source, axes: [[], ...axes], offset: 0, samples: null, quantizer: null };
}

/** The whole output of a node as ONNX sees it. */
export function outputView(source: Pending): View {
  return viewOf(source, source.shape);
}

/** Runs in order, without those of one element, neighbours joined where they are one longer run. */
export function runsOf(view: View): readonly Run[] {
  return joined(view.axes.flat());
}

export function joined(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    if (run.size === 1) continue;
    const last = result.at(-1);
    if (last && last.stride === run.stride * run.size) result[result.length - 1] = { size: last.size * run.size, stride: run.stride };
    else result.push(run);
  }
  return result;
}

/** The same elements in the same order under another shape; null where an axis would break inside a run. */
export function reshapeView(view: View, shape: Shape): View | null {
  const runs = joined(view.axes.flat());
  const axes: Run[][] = [];
  let next = runs.shift();
  for (const size of shape) {
    const axis: Run[] = [];
    let left = size;
    while (left > 1) {
      if (!next) return null;
      if (left % next.size === 0) {
        axis.push(next);
        left /= next.size;
        next = runs.shift();
      } else if (next.size % left === 0) {
        // The slow part of the run fills this axis, the fast part begins the next.
        const inner = next.size / left;
        axis.push({ size: left, stride: next.stride * inner });
        next = { size: inner, stride: next.stride };
        left = 1;
      } else return null;
    }
    axes.push(axis);
  }
  return next ? null : { ...view, axes };
}

/** `count` elements from `start` on along one axis; null where the axis is not one run. */
export function sliceView(view: View, axis: number, start: number, count: number): View | null {
  const runs = joined(view.axes[axis]);
  if (start === 0 && count === sizeOf(runs)) return view;
  if (runs.length !== 1 || count < 1) return null;
  const [{ stride }] = runs;
  return { ...view, axes: view.axes.with(axis, count === 1 ? [] : [{ size: count, stride }]), offset: view.offset + start * stride };
}

/** Whether two views read the same elements in the same order. */
export function sameElements(a: View, b: View): boolean {
  const [runsA, runsB] = [runsOf(a), runsOf(b)];
  return (
    a.source === b.source &&
    a.offset === b.offset &&
    runsA.length === runsB.length &&
    runsA.every((run, i) => run.size === runsB[i].size && run.stride === runsB[i].stride)
  );
}
