/**
 * Integer LayerNorm of FQ-ViT (Lin et al., IJCAI 2022, section 3.3, and its official program): the input lies on an integer grid, x = n * inputStep, the output on
 * the grid of the next layer's quantizer. Per token S = sum n, V = D sum n^2 - S^2; per channel
 *   A = D / sqrt(V) * |gamma| / outputStep,   N = clamp(7 - floor(log2 A), 0, 31),   M = min(floor(A * 2^N), 255),
 *   B = rint((beta - S / sqrt(V) * gamma) / outputStep * 2^N),   y = rint((sign(gamma) M n + B) / 2^N) * outputStep.
 * The steps cancel but for outputStep: one multiplication by an 8-bit M, one addition, one shift. There is no epsilon: a token whose
 * channels are all equal gives rint(beta / outputStep), where the program divides by zero.
 */
import type { Node } from "../graph/graph.ts";
import { attribute } from "../graph/ops.ts";
import { roundTiesToEven } from "../tensor/rounding.ts";
import { tensor, type Tensor } from "../tensor/tensor.ts";

/** Bits of the multiplier M, less one. */
export const MULTIPLIER_BITS = 7;
export const LARGEST_MULTIPLIER = 2 ** (MULTIPLIER_BITS + 1) - 1;
export const LARGEST_SHIFT = 31;

/** x: [...,D], weights.scale (gamma), weights.bias (beta): [D]; attributes inputStep, outputStep. */
export function integerLayerNormalization(node: Node, x: Tensor): Tensor {
  const { scale: gamma, bias: beta } = node.weights;
  const inputStep = attribute(node, "inputStep");
  const outputStep = attribute(node, "outputStep");
  const depth = gamma.data.length;
  const out = new Float32Array(x.data.length);
  const n = new Float64Array(depth);
  for (let start = 0; start < out.length; start += depth) {
    let sum = 0;
    let squares = 0;
    for (let c = 0; c < depth; c++) {
      n[c] = roundTiesToEven(x.data[start + c] / inputStep);
      sum += n[c];
      squares += n[c] * n[c];
    }
    const spread = depth * squares - sum * sum;
    const inverse = spread > 0 ? 1 / Math.sqrt(spread) : 0;
    for (let c = 0; c < depth; c++) {
      const factor = (depth * inverse * gamma.data[c]) / outputStep;
      const { multiplier, shift } = multiplierOf(Math.abs(factor));
      const offset = roundTiesToEven(((beta.data[c] - sum * inverse * gamma.data[c]) / outputStep) * 2 ** shift);
      out[start + c] = roundTiesToEven((Math.sign(factor) * multiplier * n[c] + offset) / 2 ** shift) * outputStep;
    }
  }
  return tensor(x.shape, out);
}

/** factor ~ multiplier * 2^-shift with eight bits of multiplier; a factor of 0 has none. */
export function multiplierOf(factor: number): { multiplier: number; shift: number } {
  if (factor === 0) return { multiplier: 0, shift: 0 };
  const shift = Math.min(Math.max(MULTIPLIER_BITS - Math.floor(Math.log2(factor)), 0), LARGEST_SHIFT);
  return { multiplier: Math.min(Math.floor(factor * 2 ** shift), LARGEST_MULTIPLIER), shift };
}
