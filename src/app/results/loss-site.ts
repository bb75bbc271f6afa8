import type { LayerError } from "../../runner/comparison.ts";

/** Where most error enters, as far as taps along the network can tell. */
export interface LossSite {
  readonly layer: LayerError;
  /** Part of the error at the end of the blocks that enters in this block; null when the taps do not show a growth. */
  readonly share: number | null;
}

/**
 * Errors are cumulative: each tap carries what came before it. The block whose last tap adds most noise (relative noise power,
 * 10^(-SQNR/10)) over the block before it is where the loss enters; inside it, the tap with the lowest SQNR is named.
 * Without blocks, the tap with the lowest SQNR is named and no share is claimed.
 */
export function findLossSite(layers: readonly LayerError[]): LossSite | null {
  const inBlocks = layers.filter((layer) => layer.block !== null && !Number.isNaN(layer.sqnrDb));
  const blocks = [...new Set(inBlocks.map((layer) => layer.block))];
  let before = 0;
  let grown = 0;
  let largest = { block: null as number | null, growth: 0 };
  for (const block of blocks) {
    const end = inBlocks.findLast((layer) => layer.block === block);
    const noise = end === undefined ? before : noiseOf(end);
    const growth = Math.max(0, noise - before);
    grown += growth;
    if (growth > largest.growth) largest = { block, growth };
    before = noise;
  }
  if (largest.block === null) {
    const layer = weakestOf(layers.filter((candidate) => !Number.isNaN(candidate.sqnrDb)));
    return layer === null ? null : { layer, share: null };
  }
  const layer = weakestOf(inBlocks.filter((candidate) => candidate.block === largest.block));
  return layer === null ? null : { layer, share: largest.growth / grown };
}

function noiseOf(layer: LayerError): number {
  return 10 ** (-layer.sqnrDb / 10);
}

function weakestOf(layers: readonly LayerError[]): LayerError | null {
  let weakest: LayerError | null = null;
  for (const layer of layers) if (Number.isFinite(layer.sqnrDb) && (weakest === null || layer.sqnrDb < weakest.sqnrDb)) weakest = layer;
  return weakest;
}

/** What the names of a plain ViT's tensors mean; other names say it themselves, or say no more. */
const WORDS: Readonly<Record<string, string>> = {
  norm1: "first LayerNorm",
  norm2: "second LayerNorm",
  "attn.matmul1": "attention scores",
  "attn.matmul2": "attention output",
  add1: "residual stream after attention",
  add2: "residual stream after the MLP",
  "mlp.act": "GELU",
};

/** null where the name says it itself. */
export function roleWords(role: string): string | null {
  return WORDS[role] ?? null;
}

/** "blocks.3.attn.matmul1" as a person says it: "block 3, attention scores". Blocks count from 0, as in the checkpoint's names. */
export function placeName(layer: LayerError): string {
  const role = roleWords(layer.role) ?? layer.role.split(".").at(-1) ?? layer.role;
  return layer.block === null ? layer.role : `block ${layer.block}, ${role}`;
}
