import type { Node } from "../graph/graph.ts";
import { attribute, isCentred } from "../graph/ops.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";
import { integerLayerNormalization } from "./integer-layer-normalization.ts";

/** y = (x - mean) / sqrt(variance + epsilon) * scale + bias over the last axis; variance is the biased one (divided by D). RMSNorm keeps the mean. */
export function layerNormalization(node: Node, [x]: readonly Tensor[]): Tensor {
  if (node.attributes.arithmetic === "integer") return integerLayerNormalization(node, x);
  const { scale, bias } = node.weights;
  const epsilon = attribute(node, "epsilon");
  const depth = scale.data.length;
  const out = new Float32Array(x.data.length);
  for (let start = 0; start < out.length; start += depth) {
    let mean = 0;
    for (let i = 0; i < depth; i++) mean += x.data[start + i];
    mean = isCentred(node) ? mean / depth : 0;
    let variance = 0;
    for (let i = 0; i < depth; i++) variance += (x.data[start + i] - mean) ** 2;
    const deviation = Math.sqrt(variance / depth + epsilon);
    for (let i = 0; i < depth; i++) out[start + i] = ((x.data[start + i] - mean) / deviation) * scale.data[i] + bias.data[i];
  }
  return tensor(x.shape, out);
}
