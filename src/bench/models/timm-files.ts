/** A random ViT as the files that a model has: safetensors in timm's names with its configuration. */
import { writeSafetensors } from "../../formats/safetensors-write.ts";
import type { Graph } from "../../graph/graph.ts";
import type { RandomVitOptions } from "../../models/random-vit.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Of a graph that `randomVit` made with one prefix token and token pooling: the same numbers, so that both give the same logits to the bit. */
export function timmFiles(graph: Graph, options: RandomVitOptions): NamedFile[] {
  const tensors: Record<string, Tensor> = {};
  for (const { name, op, weights } of graph.nodes) {
    if (op === "PrependTokens") Object.assign(tensors, tokenTensors(weights.prefix, weights.positions));
    else if (op === "LayerNormalization") Object.assign(tensors, { [`${name}.weight`]: weights.scale, [`${name}.bias`]: weights.bias });
    else if (name === "patch_embed.proj") {
      const { dim, patch } = options;
      tensors[`${name}.weight`] = tensor([dim, 3, patch, patch], weights.weight.data);
      tensors[`${name}.bias`] = weights.bias;
    } else if (op === "Gemm") Object.assign(tensors, { [`${name}.weight`]: weights.weight, [`${name}.bias`]: weights.bias });
  }
  return [
    { name: "model.safetensors", bytes: writeSafetensors(tensors, { format: "pt" }) },
    { name: "config.json", bytes: jsonBytes(timmConfig(options)) },
  ];
}

/** The class token takes the whole prefix row, its position is zero: x + 0 is x. */
function tokenTensors(prefix: Tensor, positions: Tensor): Record<string, Tensor> {
  const [rows, width] = positions.shape;
  const all = new Float32Array((rows + 1) * width);
  all.set(positions.data, width);
  return { cls_token: tensor([1, 1, width], prefix.data), pos_embed: tensor([1, rows + 1, width], all) };
}

function timmConfig({ image, patch, dim, depth, heads, classes }: RandomVitOptions) {
  return {
    architecture: `vit_random_patch${patch}_${image}`,
    num_classes: classes,
    num_features: dim,
    global_pool: "token",
    model_args: { img_size: image, patch_size: patch, embed_dim: dim, depth, num_heads: heads, norm_eps: 1e-6, act_layer: "gelu" },
    pretrained_cfg: {
      input_size: [3, image, image],
      interpolation: "bicubic",
      crop_pct: 0.9,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
  };
}

export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
