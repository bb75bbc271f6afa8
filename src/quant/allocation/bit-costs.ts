/** What a model costs at given bits: bytes of weights and bit operations, counted from the graph's shapes. */
import type { Graph, Node } from "../../graph/graph.ts";
import { attribute } from "../../graph/ops.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { LayerBits } from "../bits.ts";

/** Bits by node name; what is absent has the widths given beside it. */
export type BitAssignment = LayerBits;

/** Both operands' bits at one layer. An attention product multiplies activations by activations and has no use for `weights`. */
export interface Widths {
  readonly weights: number;
  readonly activations: number;
}

/** A layer that multiplies: a Gemm, a convolution, or one of the two products of attention. */
export interface LayerCost {
  readonly name: string;
  /** Elements of the weight matrix; 0 for an attention product. Biases, steps and zero points are not quantized and not counted. */
  readonly parameters: number;
  /** Multiply-adds per image. */
  readonly macs: number;
}

export interface ModelCost {
  /** Of all weight matrices, each a dense stream of codes that starts at a whole byte. */
  readonly weightBytes: number;
  /** Mean bits of a weight, every weight counting once. */
  readonly effectiveBits: number;
  /** Per image: sum over layers of multiply-adds times the bits of both operands. */
  readonly bitOps: number;
}

/** Widths of a layer in float32. */
export const FLOAT_WIDTHS: Widths = { weights: 32, activations: 32 };

/** In graph order. */
export function layerCosts(graph: Graph): LayerCost[] {
  return graph.nodes.flatMap((node) => {
    const macs = macsOf(graph, node);
    return macs === null ? [] : [{ name: node.name, parameters: node.weights.weight?.data.length ?? 0, macs }];
  });
}

/** `rest` are the widths of layers, or of operands, that the assignment does not name. */
export function modelCost(layers: readonly LayerCost[], assignment: BitAssignment, rest: Widths = FLOAT_WIDTHS): ModelCost {
  let weightBytes = 0;
  let bitOps = 0;
  let weightBits = 0;
  let parameters = 0;
  for (const layer of layers) {
    const widths = {
      weights: assignment[layer.name]?.weights ?? rest.weights,
      activations: assignment[layer.name]?.activations ?? rest.activations,
    };
    weightBytes += layerBytes(layer, widths.weights);
    bitOps += layerBitOps(layer, widths);
    weightBits += layer.parameters * widths.weights;
    parameters += layer.parameters;
  }
  return { weightBytes, effectiveBits: parameters === 0 ? 0 : weightBits / parameters, bitOps };
}

export function layerBytes({ parameters }: LayerCost, weightBits: number): number {
  return Math.ceil((parameters * weightBits) / 8);
}

export function layerBitOps({ parameters, macs }: LayerCost, { weights, activations }: Widths): number {
  return macs * activations * (parameters > 0 ? weights : activations);
}

/** Multiply-adds per image; null for nodes that are no matrix product. */
function macsOf({ shapes }: Graph, node: Node): number | null {
  const { name, op, inputs, weights } = node;
  switch (op) {
    case "DepthwiseConvolution": // [N,C] -> [M,C]: every sum runs over the taps
    case "Gemm": // [...,K] -> [...,N]
      return elementCount(shapes[name]) * weights.weight.shape[1];
    case "AttentionScores": // qkv [N,3A] -> [H,N,N]: every head sums over A / H
      return (elementCount(shapes[name]) * shapes[inputs[0]][1]) / 3 / attribute(node, "numHeads");
    case "AttentionOutput": // [H,N,N], qkv -> [N,A]: every sum runs over N, in windows over their tokens
      return elementCount(shapes[name]) * shapes[inputs[0]][2];
    default:
      return null;
  }
}
