import type { Graph } from "../graph/graph.ts";
import { elementCount } from "../tensor/tensor.ts";

/** Mean bits of what Gemms and convolutions multiply: per weight, and per activation element read. Float operands count 32. */
export function effectiveBits(graph: Graph): { weights: number; activations: number } {
  const sums = { weights: [0, 0], activations: [0, 0] };
  const add = (role: "weights" | "activations", count: number, bits: number) => {
    sums[role][0] += count * bits;
    sums[role][1] += count;
  };
  for (const { op, inputs, weights, quantizers } of graph.nodes) {
    if (op !== "Gemm" && op !== "DepthwiseConvolution") continue;
    add("weights", weights.weight.data.length, quantizers?.weight?.bits ?? 32);
    add("activations", elementCount(graph.shapes[inputs[0]]), quantizers?.input?.bits ?? 32);
  }
  return { weights: sums.weights[0] / sums.weights[1], activations: sums.activations[0] / sums.activations[1] };
}
