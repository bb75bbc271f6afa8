/**
 * LRP-QViT's clipped channel-wise quantization (see ../passes/clip-channel-scales.ts) with the clip chosen for each layer: the one that leaves the smallest
 * error in the layer's output on sampled rows, after the reparameterization that follows and with quantized weights. Clipping saturates outlying channels of
 * the input and spares the rows of the weight, which the factors of these channels would dominate; which of the two costs less differs by layer and width.
 */
import { tensor } from "../../tensor/tensor.ts";
import { clipChannelScales, type ScaleClip } from "../passes/clip-channel-scales.ts";
import { fakeQuantizeNode } from "../simulate.ts";
import type { ReparameterizeOptions } from "./reparameterize-input.ts";
import { reparameterizeInput } from "./reparameterize-input.ts";
import { sampleRows, squaredDistance } from "./sample-rows.ts";
import { acceptsFolding } from "../rules/accepts.ts";
import type { Layer, LayerStep, StepContext } from "./step.ts";

const ROWS = 256;

export interface ScaleClipSearch extends ReparameterizeOptions {
  /** Tried beside no clip at all, which wins among equals. */
  readonly clips: readonly ScaleClip[];
}

/** Goes before the rewriting with the same target, as a step or as a pass. */
export function clipScales({ clips, target }: ScaleClipSearch): LayerStep {
  const reparameterize = reparameterizeInput({ target });

  async function outputError(sampled: Layer, context: StepContext): Promise<number> {
    const { node, inputs } = await reparameterize.run(sampled, context);
    const quantized = fakeQuantizeNode(context.observe(node, inputs, "weight"), inputs);
    const [actual, expected] = [
      await context.runNode(quantized.node, quantized.inputs),
      await context.runNode({ ...sampled.node, quantizers: {} }, sampled.inputs),
    ];
    return squaredDistance(actual, expected);
  }

  return {
    stage: "clipping channel scales",
    accepts: acceptsFolding,
    async run(layer, context) {
      const input = layer.node.quantizers?.input;
      if (layer.node.op !== "Gemm" || input?.axis !== -1) return layer;
      const rows = sampleRows(layer.inputs[0], ROWS);
      const x = [tensor([1, ...rows.shape], rows.data)];
      let best = { layer, error: Number.POSITIVE_INFINITY };
      for (const candidate of [input, ...clips.map((clip) => clipChannelScales(input, clip))]) {
        const node = { ...layer.node, quantizers: { ...layer.node.quantizers, input: candidate } };
        const error = await outputError({ ...layer, node, inputs: x, float: { node: layer.float.node, inputs: x } }, context);
        if (error < best.error) best = { layer: { ...layer, node }, error };
      }
      return best.layer;
    },
  };
}
