/** A ViT with seeded random weights, of any geometry: what benchmarks run and executors are tested on, so that neither needs a download. */
import { makeGraph, type Graph, type Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { seededNormal } from "../tensor/random.ts";
import { tensor, type Shape, type Tensor, elementCount } from "../tensor/tensor.ts";

export interface RandomVitOptions {
  readonly image: number;
  readonly patch: number;
  readonly dim: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlp: number;
  readonly classes: number;
  readonly seed: number;
  readonly prefix?: number;
  readonly pooling?: "token" | "mean" | "distilled";
  readonly gelu?: "none" | "tanh";
}

/** A graph with the structure of a ViT and seeded random weights whose activations stay of order one. */
export function randomVit(options: RandomVitOptions): Graph {
  const { image, patch, dim, depth, heads, mlp, classes, seed, prefix = 1, pooling = "token", gelu = "none" } = options;
  const normal = seededNormal(seed);
  const random = (shape: Shape, scale: number, offset = 0): Tensor =>
    tensor(
      shape,
      Float32Array.from({ length: elementCount(shape) }, () => offset + scale * normal()),
    );
  const nodes: Node[] = [];
  const add = (name: string, op: Node["op"], inputs: string[], weights: Weights = {}, attributes: Node["attributes"] = {}) => {
    nodes.push({ name, op, inputs, attributes, weights });
    return name;
  };
  const linear = (name: string, input: string, n: number, k: number) =>
    add(name, "Gemm", [input], { weight: random([n, k], 1 / Math.sqrt(k)), bias: random([n], 0.1) });
  const norm = (name: string, input: string) =>
    add(name, "LayerNormalization", [input], { scale: random([dim], 0.3, 1), bias: random([dim], 0.2) }, { epsilon: 1e-6 });

  const patches = (image / patch) ** 2;
  add("patch_embed.patches", "Patchify", ["pixels"], {}, { patchSize: patch });
  linear("patch_embed.proj", "patch_embed.patches", dim, 3 * patch * patch);
  let x = add("tokens", "PrependTokens", ["patch_embed.proj"], {
    prefix: random([prefix, dim], 0.5),
    positions: random([patches, dim], 0.5),
  });
  for (let i = 0; i < depth; i++) {
    const b = `blocks.${i}`;
    linear(`${b}.attn.qkv`, norm(`${b}.norm1`, x), 3 * dim, dim);
    const scores = add(
      `${b}.attn.matmul1`,
      "AttentionScores",
      [`${b}.attn.qkv`],
      {},
      { numHeads: heads, scale: 1 / Math.sqrt(dim / heads) },
    );
    const p = add(`${b}.attn.softmax`, "Softmax", [scores]);
    linear(`${b}.attn.proj`, add(`${b}.attn.matmul2`, "AttentionOutput", [p, `${b}.attn.qkv`]), dim, dim);
    x = add(`${b}.add1`, "Add", [x, `${b}.attn.proj`]);
    linear(`${b}.mlp.fc1`, norm(`${b}.norm2`, x), mlp, dim);
    linear(`${b}.mlp.fc2`, add(`${b}.mlp.act`, "Gelu", [`${b}.mlp.fc1`], {}, { approximate: gelu }), dim, mlp);
    x = add(`${b}.add2`, "Add", [x, `${b}.mlp.fc2`]);
  }
  if (pooling === "mean") {
    add("pool", "ReduceMean", [x], {}, { start: prefix });
    linear("head", norm("fc_norm", "pool"), classes, dim);
  } else {
    norm("norm", x);
    add("pool", "Gather", ["norm"], {}, { index: 0 });
    if (pooling === "distilled") {
      add("pool_dist", "Gather", ["norm"], {}, { index: 1 });
      linear("head", "pool", classes, dim);
      linear("head_dist", "pool_dist", classes, dim);
      add("logits", "Add", ["head", "head_dist"]);
    } else linear("head", "pool", classes, dim);
  }
  return makeGraph(`random ViT ${dim}x${depth}`, [3, image, image], nodes);
}

/** Seeded standard normal pixels: [images, 3, size, size]. */
export function randomPixels(images: number, size: number, seed: number): Tensor {
  const normal = seededNormal(seed);
  const shape = [images, 3, size, size];
  return tensor(shape, Float32Array.from({ length: elementCount(shape) }, normal));
}
