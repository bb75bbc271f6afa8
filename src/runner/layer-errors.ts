import { blockPlaces } from "../graph/blocks.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LayerError } from "./comparison.ts";

interface Sums {
  signal: number;
  noise: number;
  other: number;
  dot: number;
}

/** Accumulates per-layer signal, noise and correlation over batches; nothing of the activations is kept. */
export interface LayerErrors {
  add(floatTaps: Readonly<Record<string, Tensor>>, quantizedTaps: Readonly<Record<string, Tensor>>): void;
  result(): LayerError[];
}

export function accumulateLayerErrors(floatGraph: Graph, quantizedGraph: Graph): LayerErrors {
  const sums = new Map<string, Sums>();
  const placeOf = blockPlaces(quantizedGraph.nodes.map(({ name }) => name));
  const floatNodes = new Map(floatGraph.nodes.map((node) => [node.name, node]));
  return {
    add(floatTaps, quantizedTaps) {
      for (const node of quantizedGraph.nodes) {
        const reference = floatTaps[node.name];
        const raw = quantizedTaps[node.name];
        const original = floatNodes.get(node.name);
        if (!reference || !raw || !original) continue;
        const actual = inFloatTerms(original, node, raw.data);
        const sum = sums.get(node.name) ?? { signal: 0, noise: 0, other: 0, dot: 0 };
        for (let i = 0; i < actual.length; i++) {
          const a = reference.data[i];
          const b = actual[i];
          sum.signal += a * a;
          sum.other += b * b;
          sum.dot += a * b;
          sum.noise += (a - b) ** 2;
        }
        sums.set(node.name, sum);
      }
    },
    result: () =>
      [...sums].map(([name, { signal, noise, other, dot }]) => {
        const cosine = signal === 0 || other === 0 ? (signal === other ? 1 : 0) : dot / Math.sqrt(signal * other);
        const sqnrDb = 10 * Math.log10(signal / noise);
        return { name, ...placeOf(name), sqnrDb, cosine };
      }),
  };
}

/** A reparameterized LayerNorm puts out x' with other scales; in the float model's terms it is (x' - beta') / gamma' * gamma + beta. */
export function inFloatTerms(original: Node, node: Node, data: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  if (node.op !== "LayerNormalization" || original.weights.scale === node.weights.scale) return data;
  const [gamma, beta] = [original.weights.scale.data, original.weights.bias.data];
  const [gamma2, beta2] = [node.weights.scale.data, node.weights.bias.data];
  const d = gamma.length;
  return data.map((x, i) => {
    const c = i % d;
    return gamma2[c] === 0 ? beta[c] : ((x - beta2[c]) / gamma2[c]) * gamma[c] + beta[c];
  });
}
