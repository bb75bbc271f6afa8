/**
 * Scale reparameterization of RepQ-ViT (Li et al., ICCV 2023, section 3.2): a LayerNorm output quantized per channel with (d_c, z_c) becomes one
 * quantized per tensor with D = mean d, Z = mean z, exactly in float:
 *   r = d / D,   b = (-z d) / r - (-Z D),   gamma' = gamma / r,   beta' = beta / r - b,   W' = W diag(r),   bias' = bias + W' b.
 * as-published keeps Z fractional as the authors' program does; strict rounds it, which makes layer-wise and channel-wise codes equal.
 * Weight quantizers of the changed layers are taken off: a later pass finds them afresh.
 */
import { makeGraph, replaceNodes, type Node } from "../../graph/graph.ts";
import type { Levels, Quantizer } from "../../graph/quantizer.ts";
import { roundTiesToEven } from "../../tensor/rounding.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { acceptsFolding } from "../rules/accepts.ts";
import type { Pass } from "./pass.ts";

const f = Math.fround;

/** The common quantizer of all channels: [1] each. */
export interface CommonQuantizer {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Factors of one LayerNorm, [D] each. */
export interface Factors {
  readonly r: Float32Array<ArrayBuffer>;
  readonly b: Float32Array<ArrayBuffer>;
}

export const reparameterizeLayerNorm: Pass = {
  stage: "reparameterizing LayerNorms",
  accepts: acceptsFolding,
  run(graph, { levels }) {
    const replacements = new Map<string, Node>();
    const inserted = new Map<string, Node>();
    for (const norm of graph.nodes) {
      if (norm.op !== "LayerNormalization") continue;
      const readers = graph.nodes.filter(({ inputs }) => inputs.includes(norm.name));
      if (readers.length > 1) {
        // What others read must stay as it is (post-norm blocks): the factors get a node of their own.
        for (const reader of readers) {
          const balanced = balancedReader(reader, levels);
          if (!balanced) continue;
          inserted.set(reader.name, balanced.affine);
          replacements.set(reader.name, balanced.gemm);
        }
        continue;
      }
      const perChannel = readers.map(perChannelInput).at(0);
      if (!perChannel) continue;
      const common = commonQuantizer(perChannel, levels);
      const factors = reparameterizationFactors(perChannel, common);
      replacements.set(norm.name, reparameterizedNorm(norm, factors));
      replacements.set(readers[0].name, reparameterizedGemm(readers[0], factors, perChannel, common));
    }
    if (inserted.size === 0) return replacements.size === 0 ? graph : replaceNodes(graph, replacements);
    const nodes = graph.nodes.flatMap((node) => {
      const affine = inserted.get(node.name);
      const kept = replacements.get(node.name) ?? node;
      return affine ? [affine, kept] : [kept];
    });
    return makeGraph(graph.name, graph.inputShape, nodes);
  },
};

/** A Gemm that reads x / r - b from an Affine in front of it instead of x; null where its input has no range per channel. */
function balancedReader(reader: Node, levels: Levels): { readonly affine: Node; readonly gemm: Node } | null {
  const perChannel = perChannelInput(reader);
  if (!perChannel) return null;
  const common = commonQuantizer(perChannel, levels);
  const factors = reparameterizationFactors(perChannel, common);
  const affine = affineOf(`${reader.name}.balance`, reader.inputs[0], factors);
  return { affine, gemm: { ...reparameterizedGemm(reader, factors, perChannel, common), inputs: [affine.name] } };
}

/** x / r - b per channel. */
export function affineOf(name: string, source: string, { r, b }: Factors): Node {
  const weights = {
    scale: tensor(
      [r.length],
      r.map((value) => 1 / value),
    ),
    bias: tensor(
      [b.length],
      b.map((value) => -value),
    ),
  };
  return { name, op: "Affine", inputs: [source], attributes: {}, weights };
}

/**
 * How the common step and zero point follow from those of the channels. Forward-only, the choice cannot change a code: the factors cancel it.
 * unit: step 1 and zero point 2^(bits - 1), so that the next weight is W diag(d).
 */
export type ReparameterizationTarget = "mean" | "median" | "unit";

const targets: Record<ReparameterizationTarget, (values: Float32Array, unit: number) => number> = {
  mean,
  median,
  unit: (_values, unit) => unit,
};

/** The common quantizer; its zero point is rounded when strict. */
export function commonQuantizer(
  { scale, zeroPoint, bits }: Quantizer,
  levels: Levels,
  target: ReparameterizationTarget = "mean",
): CommonQuantizer {
  const zero = f(targets[target](zeroPoint, 2 ** (bits - 1)));
  return { scale: f(targets[target](scale, 1)), zeroPoint: levels === "strict" ? roundTiesToEven(zero) : zero };
}

export function reparameterizationFactors({ scale, zeroPoint }: Quantizer, common: CommonQuantizer): Factors {
  const r = scale.map((d) => d / common.scale);
  const offset = f(-common.zeroPoint * common.scale);
  const b = scale.map((d, c) => f(f(-zeroPoint[c] * d) / r[c]) - offset);
  return { r, b };
}

export function reparameterizedNorm(norm: Node, { r, b }: Factors): Node {
  const { scale, bias } = norm.weights;
  return {
    ...norm,
    weights: {
      ...norm.weights,
      scale: tensor(
        scale.shape,
        scale.data.map((gamma, c) => gamma / r[c]),
      ),
      bias: tensor(
        bias.shape,
        bias.data.map((beta, c) => f(beta / r[c]) - b[c]),
      ),
    },
  };
}

/** The layer after the LayerNorm; it gets a bias if it had none, the common input quantizer, and loses its weight quantizer. */
function reparameterizedGemm(gemm: Node, factors: Factors, perChannel: Quantizer, common: CommonQuantizer): Node {
  const input = { ...perChannel, scale: Float32Array.of(common.scale), zeroPoint: Float32Array.of(common.zeroPoint), axis: null };
  return { ...gemm, weights: { ...gemm.weights, ...absorb(gemm, factors) }, quantizers: { input } };
}

/** W' = W diag(r) and bias' = bias + W' b. */
export function absorb(gemm: Node, { r, b }: Factors): { weight: Tensor; bias: Tensor } {
  const { weight, bias } = gemm.weights;
  const [n, k] = weight.shape;
  const scaled = weight.data.map((w, i) => w * r[i % k]);
  const shifted = new Float32Array(n);
  for (let row = 0; row < n; row++) {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += scaled[row * k + i] * b[i];
    shifted[row] = (bias?.data[row] ?? 0) + sum;
  }
  return { weight: tensor(weight.shape, scaled), bias: tensor([n], shifted) };
}

function perChannelInput({ op, quantizers }: Node): Quantizer | null {
  return op === "Gemm" && quantizers?.input?.axis === -1 ? quantizers.input : null;
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** torch.median: the lower of the two middle elements. */
function median(values: Float32Array): number {
  return values.slice().sort()[Math.floor((values.length - 1) / 2)];
}
