/** Where quantizers sit: which part of which operand each site names, read out for observation and replaced for simulation. */
import { INPUT, type Graph, type Node } from "../graph/graph.ts";
import { stretchOf } from "../graph/ops.ts";
import type { Site } from "../graph/quantizer.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import type { Granularity } from "./granularity.ts";

/** A site inside a graph, as the rules of a recipe see it. */
export interface Place {
  readonly graph: Graph;
  readonly node: Node;
  readonly site: Site;
}

/** The operand that a site reads and, for sites inside qkv, its third of the columns. */
const operands: Record<Site, { readonly operand: number | "weight"; readonly third: 0 | 1 | 2 | null }> = {
  input: { operand: 0, third: null },
  weight: { operand: "weight", third: null },
  query: { operand: 0, third: 0 },
  key: { operand: 0, third: 1 },
  probabilities: { operand: 0, third: null },
  value: { operand: 1, third: 2 },
};

/** Applies `change` to what the site reads; the other columns of qkv stay as they are. */
export function mapSite(
  node: Node,
  inputs: readonly Tensor[],
  site: Site,
  change: (x: Tensor) => Tensor,
): { node: Node; inputs: readonly Tensor[] } {
  const { operand, third } = operands[site];
  if (operand === "weight") return { node: { ...node, weights: { ...node.weights, weight: change(node.weights.weight) } }, inputs };
  const changed = third === null ? change(inputs[operand]) : withThird(inputs[operand], third, change(thirdOf(inputs[operand], third)));
  return { node, inputs: inputs.with(operand, changed) };
}

/** What the site's quantizer sees. */
export function readSite(node: Node, inputs: readonly Tensor[], site: Site): Tensor {
  const { operand, third } = operands[site];
  if (operand === "weight") return node.weights.weight;
  return third === null ? inputs[operand] : thirdOf(inputs[operand], third);
}

/** Name of a site in reports: "blocks.3.attn.qkv.input". */
export function placeName(node: Pick<Node, "name">, site: Site): string {
  return `${node.name}.${site}`;
}

/** What gets bits: matrix products with weights, convolutions, and the two products of attention. */
export function isLayer({ op }: Pick<Node, "op">): boolean {
  return op === "Gemm" || op === "DepthwiseConvolution" || op === "AttentionScores" || op === "AttentionOutput";
}

/** What a convolution reads has one step: it sums over tokens, and no recipe folds scales of its channels into one. */
export function isConvolved({ node, site }: Place): boolean {
  return node.op === "DepthwiseConvolution" && site === "input";
}

export function granularityAt({ granularity }: { readonly granularity: Granularity }, place: Place): Granularity {
  return isConvolved(place) ? "per tensor" : granularity;
}

export function isWeight({ site }: Place): boolean {
  return site === "weight";
}

export function isProbabilities({ site }: Place): boolean {
  return site === "probabilities";
}

/** The image itself, as the patch embedding reads it. */
export function isPatchInput({ graph, node, site }: Place): boolean {
  if (site !== "input") return false;
  const producer = producerOf(graph, node);
  const source = producer?.op === "GatherRows" ? producerOf(graph, producer) : producer;
  return node.inputs[0] === INPUT || source?.op === "Patchify";
}

/** Output of a LayerNormalization over tokens [N,D]; not what is read after pooling, [D]. */
export function isPostLayerNorm({ graph, node, site }: Place): boolean {
  return site === "input" && producerOf(graph, node)?.op === "LayerNormalization" && graph.shapes[node.inputs[0]].length === 2;
}

/** The output of GELU, as the second layer of an MLP reads it. */
export function isPostGelu({ graph, node, site }: Place): boolean {
  return site === "input" && node.op === "Gemm" && producerOf(graph, node)?.op === "Gelu";
}

/** The output of attention, as its projection reads it. */
export function isPostAttention({ graph, node, site }: Place): boolean {
  return site === "input" && producerOf(graph, node)?.op === "AttentionOutput";
}

/** Probabilities that a clipped softmax has stretched. */
export function isStretched({ graph, node, site }: Place): boolean {
  const softmax = site === "probabilities" ? producerOf(graph, node) : undefined;
  return softmax !== undefined && stretchOf(softmax) !== null;
}

/** One of the two operands of q k^T, or v. */
export function isAttentionOperand({ site }: Place): boolean {
  return site === "query" || site === "key" || site === "value";
}

export function isValue({ site }: Place): boolean {
  return site === "value";
}

/** What the classifier reads: one row per image, [D]. */
export function isPooled({ graph, node, site }: Place): boolean {
  return site === "input" && graph.shapes[node.inputs[0]].length === 1;
}

/** What a LayerNormalization reads: the residual stream. Only `arithmeticRules` reach it. */
export function isNormInput({ node, site }: Place): boolean {
  return site === "input" && node.op === "LayerNormalization";
}

/** Attention scores as the softmax reads them. Only `arithmeticRules` reach them. */
export function isScores({ node, site }: Place): boolean {
  return site === "input" && node.op === "Softmax";
}

function producerOf(graph: Graph, node: Node): Node | undefined {
  return graph.nodes.find(({ name }) => name === node.inputs[0]);
}

/** qkv [B,N,3D] -> columns [third * D, (third + 1) * D): [B,N,D]. */
function thirdOf(qkv: Tensor, third: number): Tensor {
  const width = qkv.shape.at(-1) ?? 0;
  const depth = width / 3;
  const out = new Float32Array(qkv.data.length / 3);
  for (let row = 0; row * depth < out.length; row++) {
    const start = row * width + third * depth;
    out.set(qkv.data.subarray(start, start + depth), row * depth);
  }
  return tensor([...qkv.shape.slice(0, -1), depth], out);
}

function withThird(qkv: Tensor, third: number, part: Tensor): Tensor {
  const width = qkv.shape.at(-1) ?? 0;
  const depth = width / 3;
  const out = qkv.data.slice();
  for (let row = 0; row * depth < part.data.length; row++) {
    out.set(part.data.subarray(row * depth, (row + 1) * depth), row * width + third * depth);
  }
  return tensor(qkv.shape, out);
}
