/** How many bytes the weights and quantizers of a model take in a format, from the graph alone: what can be promised before anything is written. */
import type { Graph, Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";

/** Bytes of one weight with its quantizer. */
export type WeightBytes = (quantizer: Quantizer | undefined, n: number, k: number, op: Node["op"]) => number;

/** Indices of rows are 64-bit integers in ONNX. */
const INDEX_BYTES = 8;

/** Everything but the weights of layers in f32; those as the format has them. */
export function payloadBytes(graph: Graph, weightBytes: WeightBytes): number {
  return graph.nodes.reduce((sum, node) => sum + nodeBytes(node, weightBytes), 0);
}

function nodeBytes({ op, weights, quantizers }: Node, weightBytes: WeightBytes): number {
  return Object.entries(weights).reduce((sum, [key, { shape, data }]) => {
    if (key !== "weight") return sum + (key === "indices" ? INDEX_BYTES : 4) * data.length;
    return sum + weightBytes(quantizers?.weight, shape[0], data.length / shape[0], op);
  }, 0);
}

/** Codes of `bits` in the file, a scale in f32 and a zero point of `zeroBits` for each entry. */
export function codeBytes(quantizer: Quantizer, count: number, bits: number, zeroBits: number): number {
  return Math.ceil((count * bits) / 8) + 4 * quantizer.scale.length + Math.ceil((quantizer.scale.length * zeroBits) / 8);
}
