/** Operators that stand for several, put in the place of what they stand for in our own export: onnxruntime and the import must both give the same logits. */
import { expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import type { OnnxModel, OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { writeOnnxModel } from "../../formats/onnx/write-model.ts";
import { openModelFiles } from "../../formats/open-model.ts";
import { identifyModel } from "../../models/index.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { runOnnx } from "../../testing/onnxruntime.ts";
import { randomPixels, randomVit } from "../../testing/random-vit.ts";
import { writeOnnx } from "./write-onnx.ts";

const MICROSOFT = "com.microsoft";
const heads = 2;
const images = randomPixels(2, 16, 3);
const floatVit = (gelu: "none" | "tanh") =>
  randomVit({ image: 16, patch: 8, dim: 16, depth: 1, heads, mlp: 24, classes: 4, seed: 5, gelu });

type Rewrite = (nodes: readonly OnnxNode[]) => OnnxNode[];

const fused = (
  opType: string,
  domain: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: OnnxNode["attributes"] = {},
): OnnxNode => ({
  name: `fused ${opType}`,
  opType,
  domain,
  inputs,
  outputs,
  attributes,
});

/** The nodes that make `output` out of what came before give way to `made`, in the place of the last of them. */
const replace =
  (isPart: (node: OnnxNode) => boolean, made: OnnxNode): Rewrite =>
  (nodes) => {
    const last = nodes.findLastIndex(isPart);
    return nodes.flatMap((node, i) => (i === last ? [made] : isPart(node) ? [] : [node]));
  };

const b = "blocks.0";
const isAttention = ({ name }: OnnxNode) => /^blocks\.0\.attn\.(matmul1|softmax|matmul2)(\.|$)/.test(name);
const thirds = [0, 1, 2].map((i) => `${b}.attn.qkv.thirds.${i}`);
const named =
  (...names: readonly string[]) =>
  (node: OnnxNode) =>
    names.includes(node.name);

const cases: readonly (readonly [string, "none" | "tanh", number, Rewrite])[] = [
  [
    "Attention (opset 23)",
    "none",
    23,
    replace(isAttention, fused("Attention", "", thirds, [`${b}.attn.matmul2`], { q_num_heads: heads, kv_num_heads: heads })),
  ],
  [
    "MultiHeadAttention",
    "none",
    17,
    replace(isAttention, fused("MultiHeadAttention", MICROSOFT, thirds, [`${b}.attn.matmul2`], { num_heads: heads })),
  ],
  [
    "Attention of onnxruntime",
    "none",
    17,
    replace(
      (node) => isAttention(node) || node.name.startsWith(`${b}.attn.qkv`),
      fused("Attention", MICROSOFT, [`${b}.norm1`, `${b}.attn.qkv.weight`, `${b}.attn.qkv.bias`], [`${b}.attn.matmul2`], {
        num_heads: heads,
      }),
    ),
  ],
  [
    "SkipLayerNormalization",
    "none",
    17,
    replace(
      named(`${b}.add1`, `${b}.norm2`),
      fused(
        "SkipLayerNormalization",
        MICROSOFT,
        [`${b}.attn.proj`, "tokens", `${b}.norm2.scale`, `${b}.norm2.bias`],
        [`${b}.norm2`, "", "", `${b}.add1`],
        { epsilon: 1e-6 },
      ),
    ),
  ],
  [
    "BiasGelu",
    "none",
    20,
    replace(
      named(`${b}.mlp.fc1`, `${b}.mlp.act`),
      fused("BiasGelu", MICROSOFT, [`${b}.mlp.fc1.product`, `${b}.mlp.fc1.bias`], [`${b}.mlp.act`]),
    ),
  ],
  [
    "FastGelu",
    "tanh",
    20,
    replace(
      named(`${b}.mlp.fc1`, `${b}.mlp.act`),
      fused("FastGelu", MICROSOFT, [`${b}.mlp.fc1.product`, `${b}.mlp.fc1.bias`], [`${b}.mlp.act`]),
    ),
  ],
  ["Gelu of onnxruntime", "none", 20, replace(named(`${b}.mlp.act`), fused("Gelu", MICROSOFT, [`${b}.mlp.fc1`], [`${b}.mlp.act`]))],
  ["Gelu (opset 20), tanh", "tanh", 20, (nodes) => [...nodes]],
  ["tanh GELU before opset 20", "tanh", 17, (nodes) => [...nodes]],
];

test.each(cases)("%s", async (_name, gelu, opset, rewrite) => {
  const graph = floatVit(gelu);
  const written = writeOnnx(graph, opset).model;
  const nodes = rewrite(written.nodes);
  const model: OnnxModel = { ...written, nodes, irVersion: 8, opsets: { "": opset, [MICROSOFT]: 1 } };
  const bytes = writeOnnxModel(model);
  const wanted = runGraph(graph, images).output.data;
  const imported = await identifyModel(await openModelFiles([fromBytes(bytes, "m.onnx")])).build();
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = (logits: ArrayLike<number>) =>
    wanted.reduce((most, value, i) => Math.max(most, Math.abs(logits[i] - value)), 0) / largest;
  // The importer's factors come from f32 constants; onnxruntime adds in f32.
  expect(difference(runGraph(imported, images).output.data)).toBeLessThan(1e-6);
  expect(difference(await runOnnx(bytes, images))).toBeLessThan(5e-6);
});
