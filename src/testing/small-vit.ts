/** A ViT of a few hundred parameters with seeded weights, for tests that need a whole graph but no trained one. */
import type { Graph } from "../graph/graph.ts";
import { seededNormal } from "../tensor/random.ts";
import { elementCount, tensor, type Tensor } from "../tensor/tensor.ts";
import { vitGraph } from "./oracle.ts";

const D = 8;
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  "patch_embed.proj.weight": [D, 3, 2, 2],
  "patch_embed.proj.bias": [D],
  cls_token: [1, 1, D],
  pos_embed: [1, 5, D],
  norm: [D],
  "attn.qkv.weight": [3 * D, D],
  "attn.qkv.bias": [3 * D],
  "attn.proj.weight": [D, D],
  "attn.proj.bias": [D],
  "mlp.fc1.weight": [2 * D, D],
  "mlp.fc1.bias": [2 * D],
  "mlp.fc2.weight": [D, 2 * D],
  "mlp.fc2.bias": [D],
  "head.weight": [3, D],
  "head.bias": [3],
};

/** 4x4 images, patch 2, width 8, two heads, three classes. */
export function smallVit(depth = 2): Graph {
  const normal = seededNormal(11);
  const config = { img_size: 4, patch_size: 2, embed_dim: D, depth, num_heads: 2, eps: 1e-6, in_chans: 3, mean: [0, 0, 0], std: [1, 1, 1] };
  return vitGraph("small-vit", config, (name) => {
    const isNorm = /norm\d?\.(weight|bias)$/.test(name);
    const shape = isNorm ? SHAPES.norm : SHAPES[name.replace(/^blocks\.\d+\./, "")];
    const centre = isNorm && name.endsWith("weight") ? 1 : 0;
    return tensor(
      shape,
      Float32Array.from({ length: elementCount(shape) }, () => centre + 0.4 * normal()),
    );
  });
}

/** Seeded images [count,3,4,4]. */
export function smallImages(count: number, seed = 3): Tensor {
  const normal = seededNormal(seed);
  return tensor(
    [count, 3, 4, 4],
    Float32Array.from({ length: count * 48 }, () => normal()),
  );
}
