/** The repeated part of a Vision Transformer: how many blocks there are, and that all of them have the same tensors in fitting shapes. */
import { modelError } from "./error-codes.ts";
import type { NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";

export interface BlockSizes {
  /** Width of all heads together; usually the embedding's. */
  readonly attentionDim: number;
  readonly mlpDim: number;
  /** The first layer of the MLP is twice as wide: values and their gates. */
  readonly gated: boolean;
  readonly qkvBias: boolean;
}

/** One more than the highest block index; gaps show up as missing tensors. */
export function countBlocks(names: NameMap): number {
  let depth = 0;
  for (const name of names.source.keys()) {
    const index = /^blocks\.(\d+)\./.exec(name)?.[1];
    if (index !== undefined) depth = Math.max(depth, Number(index) + 1);
  }
  return depth;
}

export function checkBlocks(names: NameMap, shapes: NamedShapes, depth: number, embedDim: number): BlockSizes {
  const attentionDim = shapes.matrix("blocks.0.attn.proj.weight")[1];
  const fc1Rows = shapes.matrix("blocks.0.mlp.fc1.weight")[0];
  const gated = shapes.matrix("blocks.0.mlp.fc2.weight")[1] * 2 === fc1Rows;
  const mlpDim = gated ? fc1Rows / 2 : fc1Rows;
  for (let i = 0; i < depth; i++) checkBlock(shapes, `blocks.${i}`, embedDim, attentionDim, mlpDim, fc1Rows);
  checkOptional(names, shapes, depth);
  const qkvBias = ["qkv", "q", "k", "v"].some((part) => shapes.has(`blocks.0.attn.${part}.bias`));
  return { attentionDim, mlpDim, gated, qkvBias };
}

/** Scale and shift, but for a model whose norms all have no shift; statistics where the norm keeps them (BatchNorm, RepBN, Unified Normalization). */
export function checkNorm(shapes: NamedShapes, name: string, width: number): void {
  shapes.expect(`${name}.weight`, [width]);
  if (shapes.has("blocks.0.norm1.bias") || !shapes.has("blocks.0.norm1.weight")) shapes.expect(`${name}.bias`, [width]);
  if (shapes.has(`${name}.running_mean`) !== shapes.has(`${name}.running_var`)) shapes.shape(`${name}.running_var`);
  for (const part of ["running_mean", "running_var"]) if (shapes.has(`${name}.${part}`)) shapes.expect(`${name}.${part}`, [width]);
  if (shapes.has(`${name}.running_phi`)) shapes.expectRows(`${name}.running_phi`, 1, width);
  if (shapes.has(`${name}.alpha`)) shapes.expectRows(`${name}.alpha`, 1, 1);
}

/** Norms, attention and MLP of one block. */
export function checkBlock(
  shapes: NamedShapes,
  block: string,
  embedDim: number,
  attentionDim: number,
  mlpDim: number,
  fc1Rows = mlpDim,
): void {
  const optional = (name: string, shape: readonly number[]) => {
    if (shapes.has(name)) shapes.expect(name, shape);
  };
  for (const norm of ["norm1", "norm2"]) checkNorm(shapes, `${block}.${norm}`, embedDim);
  checkQkv(shapes, `${block}.attn`, embedDim, attentionDim);
  shapes.expect(`${block}.attn.proj.weight`, [embedDim, attentionDim]);
  optional(`${block}.attn.proj.bias`, [embedDim]);
  shapes.expect(`${block}.mlp.fc1.weight`, [fc1Rows, embedDim]);
  optional(`${block}.mlp.fc1.bias`, [fc1Rows]);
  shapes.expect(`${block}.mlp.fc2.weight`, [embedDim, mlpDim]);
  optional(`${block}.mlp.fc2.bias`, [embedDim]);
  optional(`${block}.ls1.gamma`, [embedDim]);
  optional(`${block}.ls2.gamma`, [embedDim]);
}

/** Fused [3A,D] or three of [A,D]; biases fused, in parts, or absent. */
function checkQkv(shapes: NamedShapes, attention: string, embedDim: number, attentionDim: number): void {
  const isSplit = shapes.has(`${attention}.q.weight`);
  if (isSplit) for (const part of ["q", "k", "v"]) shapes.expect(`${attention}.${part}.weight`, [attentionDim, embedDim]);
  else shapes.expect(`${attention}.qkv.weight`, [3 * attentionDim, embedDim]);
  if (shapes.has(`${attention}.qkv.bias`)) shapes.expect(`${attention}.qkv.bias`, [3 * attentionDim]);
  for (const part of ["q", "k", "v"]) {
    if (shapes.has(`${attention}.${part}.bias`)) shapes.expect(`${attention}.${part}.bias`, [attentionDim]);
    for (const kind of ["weight", "bias"]) {
      if (!shapes.has(`${attention}.qkv.${kind}`) || !shapes.has(`${attention}.${part}.${kind}`)) continue;
      throw modelError(
        "TENSOR_TWICE",
        `The file holds the ${kind} of ${attention}'s query, key and value twice.`,
        `Both "${shapes.fileName(`${attention}.qkv.${kind}`)}" (fused) and "${shapes.fileName(`${attention}.${part}.${kind}`)}" are there.`,
        "Save only one of the two forms.",
      );
    }
  }
}

/** A bias or LayerScale may be absent from all blocks, not from some: that is an incomplete file. */
function checkOptional(names: NameMap, shapes: NamedShapes, depth: number): void {
  const roles = new Set<string>();
  for (const name of names.source.keys()) {
    const role = /^blocks\.\d+\.(.*)$/.exec(name)?.[1];
    if (role !== undefined) roles.add(role);
  }
  for (const role of roles) for (let i = 0; i < depth; i++) shapes.shape(`blocks.${i}.${role}`);
}
