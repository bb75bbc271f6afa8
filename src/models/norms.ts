/**
 * Norms as nodes, or as nothing: BatchNorm over tokens, RepBN (Guo et al.: SLAB, ICML 2024, arXiv 2405.11582: BatchNorm(x) + alpha x) and Unified Normalization
 * (Yang et al., ACM MM 2022, arXiv 2208.01313: x / sqrt(phi) at inference) are a factor and an addend per channel, which the next Linear takes into its weights.
 */
import type { Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor, zeros } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import { node } from "./graph-nodes.ts";
import type { WeightReader } from "./weight-reader.ts";

/** y = x * scale + shift per channel, [D] each. */
export interface ChannelMap {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** What a reader of a normalised value reads: a node's output, and what is still to be done to it. */
export interface Normed {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly pending: ChannelMap | null;
}

/** PyTorch's BatchNorm; a configuration's epsilon is LayerNorm's. */
const BATCH_EPSILON = 1e-5;

export async function normed(reader: WeightReader, name: string, input: string, { epsilon, norm }: VitConfig): Promise<Normed> {
  const pending = await channelMap(reader, name);
  if (pending) return { name: input, nodes: [], pending };
  const scale = await reader.read(`${name}.weight`);
  const bias = reader.has(`${name}.bias`) ? await reader.read(`${name}.bias`) : zeros(scale.shape);
  const attributes = norm === "rms" ? { epsilon, centred: 0 } : { epsilon };
  return { name, nodes: [node(name, "LayerNormalization", [input], attributes, { scale, bias })], pending: null };
}

/** With what is still to be done as a node of its own, where no Linear follows that could take it in. */
export function settled({ name, nodes, pending }: Normed, affine: string): Normed {
  if (!pending) return { name, nodes, pending };
  const weights = {
    scale: tensor([pending.scale.length], pending.scale.slice()),
    bias: tensor([pending.shift.length], pending.shift.slice()),
  };
  return { name: affine, nodes: [...nodes, node(affine, "Affine", [name], {}, weights)], pending: null };
}

/** W (s x + t) + b = (W s) x + (b + W t). weight: [N,K] */
export function absorbed({ weight, bias }: Weights, pending: ChannelMap | null): Weights {
  if (!pending) return bias ? { weight, bias } : { weight };
  const [n, k] = weight.shape;
  const shifted = new Float32Array(n);
  for (let row = 0; row < n; row++) {
    let sum = bias?.data[row] ?? 0;
    for (let i = 0; i < k; i++) sum += weight.data[row * k + i] * pending.shift[i];
    shifted[row] = sum;
  }
  return {
    weight: tensor(
      weight.shape,
      weight.data.map((value, i) => value * pending.scale[i % k]),
    ),
    bias: tensor([n], shifted),
  };
}

/** Where a norm is linear at inference; null where it is not. */
export async function channelMap(reader: WeightReader, name: string): Promise<ChannelMap | null> {
  const optional = async (part: string) => (reader.has(`${name}.${part}`) ? (await reader.read(`${name}.${part}`)).data : null);
  const [mean, variance, phi, alpha] = [
    await optional("running_mean"),
    await optional("running_var"),
    await optional("running_phi"),
    await optional("alpha"),
  ];
  const spread = variance ?? phi;
  if (!spread) return null;
  const weight = (await reader.read(`${name}.weight`)).data;
  const bias = await optional("bias");
  const factor = weight.map((value, c) => value / Math.sqrt(spread[c] + BATCH_EPSILON));
  return {
    scale: factor.map((value) => value + (alpha?.[0] ?? 0)),
    shift: factor.map((value, c) => (bias?.[c] ?? 0) - value * (mean?.[c] ?? 0)),
  };
}
