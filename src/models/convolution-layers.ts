/**
 * Layers of convolutional networks over a map in rows [H*W,C]: a convolution with the BatchNorm behind it folded into its weights. One per channel is a
 * DepthwiseConvolution, one of a single pixel a Gemm, any other a Gemm over rows put side by side. Rows may lie in any order, and be written in any.
 */
import type { Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { convolutionRows, windowGrid, windowIndices, type Grid, type Window } from "./convolution.ts";
import { gemm, node } from "./graph-nodes.ts";
import { channelMap } from "./norms.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import { scaleRows } from "./vit-weights.ts";
import type { WeightReader } from "./weight-reader.ts";
import { rasterOrder, type Order } from "./windows.ts";

/** Where the rows of a value lie on the map. */
export interface FeatureMap {
  /** The value. */
  readonly name: string;
  readonly grid: Grid;
  /** Raster places of its rows. */
  readonly order: Order;
}

export interface ConvolvedMap extends FeatureMap {
  readonly nodes: readonly Node[];
}

export interface Stride {
  readonly stride?: number;
  /** The order in which rows are written; as they are read where absent, and raster where the map gets smaller. */
  readonly order?: (grid: Grid) => Order;
}

/** `name`.conv.weight [N,C/groups,k,k] over `input`, padded to keep the map's size (or half of it at stride 2), and `name`.bn. */
export async function convolution(reader: WeightReader, name: string, input: FeatureMap, options: Stride = {}): Promise<ConvolvedMap> {
  return convolved(name, input, await foldedConvolution(reader, name), options);
}

/** The same with weights [N,C/groups,k,k] at hand. */
export function convolved(name: string, input: FeatureMap, { weight, ...bias }: Weights, { stride = 1, order }: Stride = {}): ConvolvedMap {
  const [n, c, kernel] = weight.shape;
  const window: Window = { kernel, stride, padding: Math.floor(kernel / 2) };
  if (kernel === 1 && stride === 1 && !order) {
    return { ...input, name, nodes: [gemm(name, input.name, { weight: tensor([n, c], weight.data), ...bias })] };
  }
  const grid = windowGrid(input.grid, window);
  const written = order?.(grid) ?? (stride === 1 ? input.order : rasterOrder(grid));
  const indices = reordered(windowIndices(input.grid, window), input.order, written);
  const map = { name, grid, order: written };
  if (isDepthwise(weight)) {
    const weights = { weight: tensor([n, kernel * kernel], weight.data), ...bias, indices };
    return { ...map, nodes: [node(name, "DepthwiseConvolution", [input.name], {}, weights)] };
  }
  const windows = node(`${name}.windows`, "GatherRows", [input.name], {}, { indices });
  return { ...map, nodes: [windows, gemm(name, windows.name, { weight: convolutionRows(weight), ...bias })] };
}

/** s (W x) + t = (s W) x + t, with the BatchNorm's s and t. weight: [N,C,k,k] */
export async function foldedConvolution(reader: WeightReader, name: string): Promise<Weights> {
  const weight = await reader.read(`${name}.conv.weight`);
  const norm = await channelMap(reader, `${name}.bn`);
  if (!norm) throw new Error(`internal: ${name} has no statistics`);
  const flat = scaleRows({ weight: tensor([weight.shape[0], weight.data.length / weight.shape[0]], weight.data) }, norm.scale);
  return { weight: tensor(weight.shape, flat.weight.data), bias: tensor([norm.shift.length], norm.shift.slice()) };
}

/** The shapes of `name`.conv and `name`.bn. */
export function checkConvolution(
  shapes: NamedShapes,
  name: string,
  width: number,
  channels: number,
  kernel: number,
  depthwise = false,
): void {
  shapes.expect(`${name}.conv.weight`, [width, depthwise ? 1 : channels, kernel, kernel]);
  for (const part of ["weight", "bias", "running_mean", "running_var"]) shapes.expect(`${name}.bn.${part}`, [width]);
}

/** Sizes [N,C/groups,k] of `name`.conv.weight. */
export function convolutionShape(shapes: NamedShapes, name: string): readonly [width: number, channels: number, kernel: number] {
  const shape = shapes.shape(`${name}.conv.weight`);
  if (shape.length === 4 && shape[2] === shape[3] && shape[2] % 2 === 1) return [shape[0], shape[1], shape[2]];
  throw wrongShape(shapes.fileName(`${name}.conv.weight`), shape, "a convolution [width, channels, kernel, kernel] with an odd kernel");
}

function isDepthwise({ shape: [n, c] }: Tensor): boolean {
  return c === 1 && n > 1;
}

/** indices [M,G] over raster places, for rows in the order `from`, written in the order `to`. */
function reordered({ shape: [, group], data }: Tensor, from: Order, to: Order): Tensor {
  const rowOf = new Map(from.map((place, row) => [place, row]));
  const out = new Float32Array(to.length * group);
  to.forEach((place, row) => {
    for (let g = 0; g < group; g++) out[row * group + g] = rowOf.get(data[place * group + g]) ?? -1;
  });
  return tensor([to.length, group], out);
}
