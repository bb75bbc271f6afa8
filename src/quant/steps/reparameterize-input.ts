/**
 * Scale reparameterization of one layer while calibration stands at it (RepQ-ViT section 3.2; the general form of ptq-wide 1.3.5): an input quantized
 * per channel with (d_c, z_c) becomes one quantized per tensor with (D, Z), exactly in float. Where a LayerNormalization writes the input, its scale and
 * bias absorb the factors; elsewhere an Affine is inserted, which runs in the epilogue of the producer ("pre-executed dequantization", OutlierTune).
 * The next weight and bias absorb the inverse.
 */
import type { Node } from "../../graph/graph.ts";
import type { Quantizer } from "../../graph/quantizer.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import {
  absorb,
  affineOf,
  commonQuantizer,
  reparameterizationFactors,
  reparameterizedNorm,
  type Factors,
  type ReparameterizationTarget,
} from "../passes/reparameterize-layer-norm.ts";
import { acceptsFolding } from "../rules/accepts.ts";
import type { Layer, LayerStep, StepContext } from "./step.ts";

export interface ReparameterizeOptions {
  /** The common step and zero point: RepQ-ViT takes the mean, DopQ-ViT the median, OutlierTune 1 with the zero point in the middle of the codes. */
  readonly target: ReparameterizationTarget;
}

/** Applies to every Gemm whose input quantizer has one entry per channel. */
export function reparameterizeInput({ target }: ReparameterizeOptions): LayerStep {
  return {
    stage: "reparameterizing inputs",
    accepts: acceptsFolding,
    run(layer, context) {
      const perChannel = layer.node.quantizers?.input;
      if (layer.node.op !== "Gemm" || perChannel?.axis !== -1) return layer;
      const common = commonQuantizer(perChannel, context.levels, target);
      const factors = reparameterizationFactors(perChannel, common);
      return absorbFactors(
        layer,
        factors,
        { ...perChannel, scale: Float32Array.of(common.scale), zeroPoint: Float32Array.of(common.zeroPoint), axis: null },
        context,
      );
    },
  };
}

/** The layer reading x / r - b instead of x, with `input` as its quantizer and without a weight quantizer; the function stays the same. */
export function absorbFactors(layer: Layer, factors: Factors, input: Quantizer, context: StepContext): Layer {
  const { node, float } = layer;
  const [producer] = node.inputs;
  const readers = context.graph.nodes.filter(({ inputs }) => inputs.includes(producer));
  const norm =
    readers.length === 1 ? context.graph.nodes.find(({ name, op }) => name === producer && op === "LayerNormalization") : undefined;
  const affine = norm ? null : affineOf(`${node.name}.balance`, producer, factors);
  const rewrite = (gemm: Node): Node => ({
    ...gemm,
    inputs: affine ? [affine.name] : gemm.inputs,
    weights: { ...gemm.weights, ...absorb(gemm, factors) },
  });
  const measured = balanced(layer.inputs[0], factors);
  return {
    node: { ...rewrite(node), quantizers: { input } },
    inputs: [measured],
    float: { node: rewrite(float.node), inputs: [float.inputs[0] === layer.inputs[0] ? measured : balanced(float.inputs[0], factors)] },
    inserted: affine ? [...layer.inserted, affine] : layer.inserted,
    changed: norm ? new Map([...layer.changed, [norm.name, reparameterizedNorm(context.nodeNow(norm.name), factors)]]) : layer.changed,
  };
}

/** x / r - b per channel. x: [...,D] */
export function balanced({ data, shape }: Tensor, { r, b }: Factors): Tensor {
  const channels = r.length;
  const out = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += channels) {
    for (let c = 0; c < channels; c++) out[start + c] = data[start + c] / r[c] - b[c];
  }
  return tensor(shape, out);
}
