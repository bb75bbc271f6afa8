import { clipChannelScales, type ScaleClip } from "../passes/clip-channel-scales.ts";
import type { LayerStep } from "./step.ts";

/** LRP-QViT's clipped channel-wise quantization, before reparameterization: channels whose step is an outlier among the others saturate instead. */
export function clipScales(clip: ScaleClip): LayerStep {
  return {
    stage: "clipping channel scales",
    run(layer) {
      const input = layer.node.quantizers?.input;
      if (layer.node.op !== "Gemm" || input?.axis !== -1) return layer;
      return { ...layer, node: { ...layer.node, quantizers: { ...layer.node.quantizers, input: clipChannelScales(input, clip) } } };
    },
  };
}
