/** Where the class token looks, head by head, on both paths; and through all layers at once (attention rollout, Abnar and Zuidema 2020). */
import type { Graph, Node } from "../../graph/graph.ts";
import { attribute, windowsOf } from "../../graph/ops.ts";
import { fakeQuantizeNode } from "../../quant/simulate.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { walkPaths, type Collector } from "./walk.ts";

/** Attention over the patches, [gridHeight, gridWidth] each. */
export interface MapPair {
  readonly float: Float32Array<ArrayBuffer>;
  /** As the next layer reads it: on the levels that quantization leaves. */
  readonly quantized: Float32Array<ArrayBuffer>;
}

export interface AttentionMaps {
  readonly gridHeight: number;
  readonly gridWidth: number;
  /** Whose attention: the class token's, or the mean over all patches in a model without one. */
  readonly query: "class token" | "all patches";
  readonly blocks: readonly { readonly block: number; readonly heads: readonly MapPair[] }[];
  readonly rollout: MapPair;
}

/** Of the first image. null where tokens only see their own window, are no patches of the image, or are weighed without a softmax: no look over the whole image. */
export async function attentionMaps(model: DiagnosedModel): Promise<AttentionMaps | null> {
  const { nodes, shapes } = model.float;
  const scores = nodes.filter(({ op }) => op === "AttentionScores");
  const { prefix, gridHeight, gridWidth } = gridOf(model.float);
  const isLook = ({ name }: Node) => shapes[name][1] === prefix + gridHeight * gridWidth;
  if (scores.length === 0 || scores.some((node) => windowsOf(node) > 1 || !isLook(node))) return null;
  const { images } = model;
  const one = tensor([1, ...images.shape.slice(1)], images.data.slice(0, images.data.length / images.shape[0]));
  const collector = collectAttention(model.quantized);
  await walkPaths({ ...model, images: one }, [collector]);
  return collector.result();
}

function collectAttention(graph: Graph): Collector & { result(): AttentionMaps } {
  const { prefix, gridHeight, gridWidth } = gridOf(graph);
  const row = graph.nodes.find(({ op }) => op === "Gather")?.attributes.index;
  const query = typeof row === "number" && row < prefix ? row : null;
  const blocks: { block: number; heads: MapPair[] }[] = [];
  let flow: { float: Float64Array; quantized: Float64Array } | null = null;
  return {
    visit({ node, place, exactInputs, quantizedInputs }) {
      if (node.op !== "AttentionOutput") return;
      const [float] = exactInputs;
      const [quantized] = fakeQuantizeNode(node, quantizedInputs).inputs;
      const [, heads, tokens] = float.shape;
      const lookOf = (p: Tensor, head: number) => looks(p, head, query, prefix);
      blocks.push({
        block: place.block ?? blocks.length,
        heads: Array.from({ length: heads }, (_, head) => ({ float: lookOf(float, head), quantized: lookOf(quantized, head) })),
      });
      flow = {
        float: multiply(mixed(float), flow?.float ?? null, tokens),
        quantized: multiply(mixed(quantized), flow?.quantized ?? null, tokens),
      };
    },
    result() {
      if (flow === null) throw new Error("internal: the graph has no attention");
      const size = Math.sqrt(flow.float.length);
      const rolled = (matrix: Float64Array) => looks(tensor([1, 1, size, size], Float32Array.from(matrix)), 0, query, prefix);
      const rollout = { float: rolled(flow.float), quantized: rolled(flow.quantized) };
      return { gridHeight, gridWidth, query: query === null ? "all patches" : "class token", blocks, rollout };
    },
  };
}

function gridOf(graph: Graph): { prefix: number; gridHeight: number; gridWidth: number } {
  const tokens = graph.nodes.find(({ op }) => op === "PrependTokens");
  const patchify = graph.nodes.find(({ op }) => op === "Patchify");
  if (!patchify) throw new Error("internal: the graph has no patches");
  const [, height, width] = graph.inputShape;
  const patch = attribute(patchify, "patchSize");
  return { prefix: tokens?.weights.prefix.shape[0] ?? 0, gridHeight: height / patch, gridWidth: width / patch };
}

/** A row of one head's probabilities [1,H,N,N] over the patches; null: the mean of the patches' rows. */
function looks({ data, shape: [, , tokens] }: Tensor, head: number, query: number | null, prefix: number): Float32Array<ArrayBuffer> {
  const at = (row: number, column: number) => data[(head * tokens + row) * tokens + prefix + column];
  const patches = tokens - prefix;
  if (query !== null) return Float32Array.from({ length: patches }, (_, column) => at(query, column));
  return Float32Array.from({ length: patches }, (_, column) => {
    let sum = 0;
    for (let row = prefix; row < tokens; row++) sum += at(row, column);
    return sum / patches;
  });
}

/** Half of the mean over heads, half identity for the residual connection, rows summing to 1. p: [1,H,N,N] -> [N,N] */
function mixed({ data, shape: [, heads, tokens] }: Tensor): Float64Array {
  const out = new Float64Array(tokens * tokens);
  for (let i = 0; i < data.length; i++) out[i % out.length] += data[i] / (2 * heads);
  for (let row = 0; row < tokens; row++) {
    out[row * tokens + row] += 0.5;
    let sum = 0;
    for (let column = 0; column < tokens; column++) sum += out[row * tokens + column];
    for (let column = 0; column < tokens; column++) out[row * tokens + column] /= sum;
  }
  return out;
}

/** a . b, [N,N] each; b null is the identity. */
function multiply(a: Float64Array, b: Float64Array | null, size: number): Float64Array {
  if (b === null) return a;
  const out = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < size; k++) {
      const factor = a[row * size + k];
      for (let column = 0; column < size; column++) out[row * size + column] += factor * b[k * size + column];
    }
  }
  return out;
}
