/**
 * Variants of attention by the tensors that only they have: gates of heads (alpha, as the authors of Quantizable Transformers name them; one for each head, or
 * computed from the attention's input), and linear attention with a convolution of the values (SLAB's dwc and positional_encoding).
 */
import type { JsonObject } from "../formats/json.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import { modelError } from "./error-codes.ts";
import { findField, invalidField } from "./settings.ts";
import { wrongShape, type NamedShapes } from "./tensor-checks.ts";
import { linear } from "./vit-weights.ts";
import type { WeightReader } from "./weight-reader.ts";

const gate = "blocks.0.attn.alpha";

/** The number of heads, where tensors of this kind show it. */
export function headsShown(shapes: NamedShapes, attentionDim: number): { readonly numHeads: number; readonly assumed: false } | null {
  const shown = (numHeads: number) => ({ numHeads, assumed: false }) as const;
  if (shapes.has("blocks.0.attn.dwc.weight")) return shown(attentionDim / shapes.shape("blocks.0.attn.dwc.weight")[0]);
  if (shapes.has(gate)) return shown(shapes.shape(gate)[0]);
  if (shapes.has(`${gate}.weight`)) return shown(shapes.shape(`${gate}.weight`)[0]);
  const heads = countHeads(shapes.has, gate);
  return heads > 0 ? shown(heads) : null;
}

/** Heads with layers of their own. */
function countHeads(has: (name: string) => boolean, alpha: string): number {
  let heads = 0;
  while (has(`${alpha}.${heads}.weight`) || has(`${alpha}.${heads}.0.weight`)) heads++;
  return heads;
}

/** Where the gates depend on the image: of each token, or one for all. */
export function gatesOf(settings: JsonObject | null, shapes: NamedShapes): VitConfig["headGates"] {
  if (!shapes.has(`${gate}.weight`) && countHeads(shapes.has, gate) === 0) return undefined;
  const field = findField(settings, ["model_args.attn_gate_type", "attn_gate_type"]);
  if (!field || field.value === "conditional_per_token") return "token";
  if (field.value === "conditional_per_head") return "image";
  throw invalidField(field, "conditional_per_token or conditional_per_head");
}

interface Sizes {
  readonly depth: number;
  readonly embedDim: number;
  readonly attentionDim: number;
  readonly numHeads: number;
  readonly prefixTokens: number;
  readonly patches: number;
}

export function checkAttentionVariant(shapes: NamedShapes, sizes: Sizes): void {
  for (let i = 0; i < sizes.depth; i++) {
    const block = `blocks.${i}.attn`;
    if (shapes.has("blocks.0.attn.dwc.weight")) checkLinearAttention(shapes, block, sizes);
    checkGates(shapes, `${block}.alpha`, sizes);
  }
}

function checkLinearAttention(shapes: NamedShapes, block: string, { attentionDim, numHeads, prefixTokens, patches }: Sizes): void {
  if (prefixTokens > 0) {
    throw modelError(
      "UNSUPPORTED_TENSOR",
      "This Vision Transformer has linear attention with a convolution, and tokens beside its patches.",
      "A convolution needs a grid, in which class, distillation and register tokens have no place.",
      "Open a model without them, as SLAB's are.",
    );
  }
  const name = `${block}.dwc.weight`;
  const shape = shapes.shape(name);
  const headDim = attentionDim / numHeads;
  if (!Number.isInteger(numHeads) || shape[2] % 2 !== 1)
    throw wrongShape(shapes.fileName(name), shape, "[head width, 1, k, k] with an odd k");
  shapes.expect(name, [headDim, 1, shape[2], shape[2]]);
  if (shapes.has(`${block}.dwc.bias`)) shapes.expect(`${block}.dwc.bias`, [headDim]);
  shapes.expectRows(`${block}.positional_encoding`, patches, attentionDim);
}

function checkGates(shapes: NamedShapes, alpha: string, { embedDim, numHeads }: Sizes): void {
  const layer = (name: string, rows: number, columns: number) => {
    shapes.expect(`${name}.weight`, [rows, columns]);
    if (shapes.has(`${name}.bias`)) shapes.expect(`${name}.bias`, [rows]);
  };
  if (shapes.has(alpha)) shapes.expect(alpha, [numHeads]);
  if (shapes.has(`${alpha}.weight`)) layer(alpha, numHeads, embedDim);
  for (let head = 0; head < countHeads(shapes.has, alpha); head++) {
    const width = embedDim / numHeads;
    if (shapes.has(`${alpha}.${head}.weight`)) layer(`${alpha}.${head}`, 1, width);
    else {
      const [hidden] = shapes.matrix(`${alpha}.0.0.weight`);
      layer(`${alpha}.${head}.0`, hidden, width);
      layer(`${alpha}.${head}.2`, 1, hidden);
    }
  }
}

/** The layers from the attention's input to the gates [N,H]; those of single heads, each on its own columns, as one. */
export async function gateLayers(reader: WeightReader, alpha: string): Promise<readonly Weights[]> {
  if (reader.has(`${alpha}.weight`)) return [await linear(reader, alpha)];
  const heads = Array.from({ length: countHeads(reader.has, alpha) }, (_, head) => `${alpha}.${head}`);
  if (heads.length === 0) return [];
  const parts = reader.has(`${heads[0]}.weight`) ? [""] : [".0", ".2"];
  const layers: Weights[] = [];
  for (const part of parts) {
    const blocks: Weights[] = [];
    for (const head of heads) blocks.push(await linear(reader, `${head}${part}`));
    layers.push(blockDiagonal(blocks));
  }
  return layers;
}

/** Layers [n,k] side by side, each reading its own columns: [H*n,H*k]. */
function blockDiagonal(blocks: readonly Weights[]): Weights {
  const [n, k] = blocks[0].weight.shape;
  const [rows, columns] = [blocks.length * n, blocks.length * k];
  const weight = new Float32Array(rows * columns);
  const bias = new Float32Array(rows);
  blocks.forEach((block, head) => {
    for (let row = 0; row < n; row++) weight.set(block.weight.data.subarray(row * k, (row + 1) * k), (head * n + row) * columns + head * k);
    if (block.bias) bias.set(block.bias.data, head * n);
  });
  return { weight: tensor([rows, columns], weight), bias: tensor([rows], bias) };
}
