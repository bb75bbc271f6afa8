import { describe, expect, test } from "vitest";
import { openModelFiles } from "../formats/open-model.ts";
import { printGraph, type Graph, type Node } from "../graph/graph.ts";
import { hasShared, sharedSource } from "../testing/shared-files.ts";
import { modelSources, syntheticVit, type SyntheticModel, type SyntheticOptions } from "../testing/synthetic-model.ts";
import { seededNormal } from "../tensor/random.ts";
import { elementCount, tensor, type Shape, type Tensor } from "../tensor/tensor.ts";
import { identifyModel } from "./index.ts";

async function build(model: SyntheticModel): Promise<Graph> {
  return identifyModel(await openModelFiles(modelSources(model))).build();
}

function nodeOf(graph: Graph, name: string): Node {
  const found = graph.nodes.find((node) => node.name === name);
  if (!found) throw new Error(`no node ${name} in\n${printGraph(graph)}`);
  return found;
}

function random(shape: Shape, seed: number): Tensor {
  const normal = seededNormal(seed);
  return tensor(shape, Float32Array.from({ length: elementCount(shape) }, normal));
}

const without = (model: SyntheticModel, ...names: readonly string[]): SyntheticModel => ({
  ...model,
  tensors: Object.fromEntries(Object.entries(model.tensors).filter(([name]) => !names.includes(name))),
});

test("the nodes of a plain ViT, in order, with shapes", async () => {
  const graph = await build(syntheticVit({ depth: 1 }));
  expect(printGraph(graph).split("\n")).toEqual([
    "patch_embed.patches = Patchify(pixels) -> [16,48]",
    "patch_embed.proj = Gemm(patch_embed.patches) -> [16,24]",
    "tokens = PrependTokens(patch_embed.proj) -> [17,24]",
    "blocks.0.norm1 = LayerNormalization(tokens) -> [17,24]",
    "blocks.0.attn.qkv = Gemm(blocks.0.norm1) -> [17,72]",
    "blocks.0.attn.matmul1 = AttentionScores(blocks.0.attn.qkv) -> [3,17,17]",
    "blocks.0.attn.softmax = Softmax(blocks.0.attn.matmul1) -> [3,17,17]",
    "blocks.0.attn.matmul2 = AttentionOutput(blocks.0.attn.softmax, blocks.0.attn.qkv) -> [17,24]",
    "blocks.0.attn.proj = Gemm(blocks.0.attn.matmul2) -> [17,24]",
    "blocks.0.add1 = Add(tokens, blocks.0.attn.proj) -> [17,24]",
    "blocks.0.norm2 = LayerNormalization(blocks.0.add1) -> [17,24]",
    "blocks.0.mlp.fc1 = Gemm(blocks.0.norm2) -> [17,48]",
    "blocks.0.mlp.act = Gelu(blocks.0.mlp.fc1) -> [17,48]",
    "blocks.0.mlp.fc2 = Gemm(blocks.0.mlp.act) -> [17,24]",
    "blocks.0.add2 = Add(blocks.0.add1, blocks.0.mlp.fc2) -> [17,24]",
    "norm = LayerNormalization(blocks.0.add2) -> [17,24]",
    "pool = Gather(norm) -> [24]",
    "head = Gemm(pool) -> [5]",
  ]);
  expect(graph.inputShape).toEqual([3, 16, 16]);
  expect(nodeOf(graph, "patch_embed.patches").attributes).toEqual({ patchSize: 4 });
  expect(nodeOf(graph, "blocks.0.norm1").attributes).toEqual({ epsilon: 1e-6 });
  expect(nodeOf(graph, "blocks.0.attn.matmul1").attributes).toEqual({ numHeads: 3, scale: 8 ** -0.5 });
  expect(nodeOf(graph, "blocks.0.mlp.act").attributes).toEqual({ approximate: "none" });
  expect(nodeOf(graph, "pool").attributes).toEqual({ index: 0 });
});

describe("both namings give the same graph", () => {
  const options: readonly (readonly [string, SyntheticOptions])[] = [
    ["plain", { depth: 3 }],
    ["no qkv bias, another geometry", { qkvBias: false, imageSize: [12, 24], patchSize: 6, embedDim: 32, numHeads: 4, mlpDim: 40 }],
    ["distilled", { distilled: true }],
    ["LayerScale", { layerScale: true }],
    ["registers", { registerTokens: 4, positions: "class-and-patches" }],
    ["tanh GELU and epsilon", { gelu: "tanh", epsilon: 1e-5 }],
  ];
  test.each(options)("%s", async (_name, settings) => {
    const timm = await build(syntheticVit({ ...settings, naming: "timm" }));
    const huggingface = await build(syntheticVit({ ...settings, naming: "huggingface" }));
    expect(huggingface).toEqual(timm);
  });

  test("vit-s32, as another program converted it", async () => {
    if (!hasShared("vit-s32 in both namings")) return;
    for (const weights of ["plain", "outlier"]) {
      const [timm, huggingface] = await Promise.all(
        ["timm", "hf"].map(async (naming) => {
          const sources = [
            sharedSource(`oracle/vit-s32/model.${weights}.${naming}.safetensors`, "m.safetensors"),
            sharedSource("oracle/vit-s32/config.json"),
          ];
          return identifyModel(await openModelFiles(sources)).build();
        }),
      );
      expect(huggingface).toEqual(timm);
    }
  });
});

describe("weights", () => {
  test("query, key and value rows are fused in this order", async () => {
    const model = syntheticVit({ naming: "huggingface", depth: 1 });
    const { weight, bias } = nodeOf(await build(model), "blocks.0.attn.qkv").weights;
    expect(weight.shape).toEqual([72, 24]);
    for (const [part, name] of ["query", "key", "value"].entries()) {
      const source = `vit.encoder.layer.0.attention.attention.${name}`;
      expect(weight.data.slice(part * 576, (part + 1) * 576)).toEqual(model.tensors[`${source}.weight`].data);
      expect(bias.data.slice(part * 24, (part + 1) * 24)).toEqual(model.tensors[`${source}.bias`].data);
    }
  });

  test("an absent qkv bias stays absent, a missing part of it is zero", async () => {
    expect(Object.keys(nodeOf(await build(syntheticVit({ qkvBias: false })), "blocks.0.attn.qkv").weights)).toEqual(["weight"]);
    const split = syntheticVit({ naming: "huggingface", depth: 1 });
    const { bias } = nodeOf(await build(without(split, "vit.encoder.layer.0.attention.attention.key.bias")), "blocks.0.attn.qkv").weights;
    expect(bias.data.slice(0, 24)).toEqual(split.tensors["vit.encoder.layer.0.attention.attention.query.bias"].data);
    expect(bias.data.slice(24, 48)).toEqual(new Float32Array(24));
    expect(bias.data.slice(48)).toEqual(split.tensors["vit.encoder.layer.0.attention.attention.value.bias"].data);
  });

  test("fused weights with parts of a bias", async () => {
    const model = syntheticVit({ qkvBias: false, depth: 1 });
    const parts = { "blocks.0.attn.q_bias": random([24], 7), "blocks.0.attn.v_bias": random([24], 8) };
    const { bias } = nodeOf(await build({ ...model, tensors: { ...model.tensors, ...parts } }), "blocks.0.attn.qkv").weights;
    expect([...bias.data]).toEqual([...parts["blocks.0.attn.q_bias"].data, ...new Float32Array(24), ...parts["blocks.0.attn.v_bias"].data]);
  });

  test("LayerScale is folded into the Linear before it", async () => {
    const model = syntheticVit({ layerScale: true, depth: 1 });
    const graph = await build(model);
    for (const [layer, gamma] of [
      ["attn.proj", "ls1"],
      ["mlp.fc2", "ls2"],
    ]) {
      const { weight, bias } = nodeOf(graph, `blocks.0.${layer}`).weights;
      const factors = model.tensors[`blocks.0.${gamma}.gamma`].data;
      const original = model.tensors[`blocks.0.${layer}.weight`];
      const columns = original.shape[1];
      for (const [row, column] of [
        [0, 0],
        [5, 3],
        [23, columns - 1],
      ]) {
        expect(weight.data[row * columns + column]).toBe(Math.fround(factors[row] * original.data[row * columns + column]));
        expect(bias.data[row]).toBe(Math.fround(factors[row] * model.tensors[`blocks.0.${layer}.bias`].data[row]));
      }
    }
  });

  test("the patch convolution becomes a matrix of channel-major patches", async () => {
    const model = syntheticVit();
    const { weight } = nodeOf(await build(model), "patch_embed.proj").weights;
    expect(weight.shape).toEqual([24, 48]);
    expect(weight.data).toEqual(model.tensors["patch_embed.proj.weight"].data);
  });

  test("attention wider than the embedding", async () => {
    const model = syntheticVit({ depth: 1 });
    const wide = {
      "blocks.0.attn.qkv.weight": random([96, 24], 3),
      "blocks.0.attn.qkv.bias": random([96], 4),
      "blocks.0.attn.proj.weight": random([24, 32], 5),
    };
    const graph = await build({ tensors: { ...model.tensors, ...wide }, config: { num_heads: 4 } });
    expect(graph.shapes["blocks.0.attn.matmul2"]).toEqual([17, 32]);
    expect(nodeOf(graph, "blocks.0.attn.matmul1").attributes).toEqual({ numHeads: 4, scale: 8 ** -0.5 });
  });
});

describe("tokens and positions", () => {
  /** [rows, 24] tensors as lists of rows. */
  const rowsOf = ({ data }: Tensor) =>
    Array.from({ length: data.length / 24 }, (_, row) => Array.from(data.subarray(row * 24, (row + 1) * 24)));
  const sum = (a: readonly number[], b: readonly number[]) => a.map((value, i) => Math.fround(value + b[i]));

  test("all tokens have positions: class, distillation, registers, patches", async () => {
    const model = syntheticVit({ distilled: true, registerTokens: 2 });
    const { prefix, positions } = nodeOf(await build(model), "tokens").weights;
    const [cls, dist, reg, pos] = ["cls_token", "dist_token", "reg_token", "pos_embed"].map((name) => rowsOf(model.tensors[name]));
    expect(rowsOf(prefix)).toEqual([sum(cls[0], pos[0]), sum(dist[0], pos[1]), sum(reg[0], pos[2]), sum(reg[1], pos[3])]);
    expect(rowsOf(positions)).toEqual(pos.slice(4));
  });

  test("registers without positions (DINOv2)", async () => {
    const model = syntheticVit({ registerTokens: 3, positions: "class-and-patches" });
    const { prefix, positions } = nodeOf(await build(model), "tokens").weights;
    const pos = rowsOf(model.tensors.pos_embed);
    expect(rowsOf(prefix)).toEqual([sum(rowsOf(model.tensors.cls_token)[0], pos[0]), ...rowsOf(model.tensors.reg_token)]);
    expect(rowsOf(positions)).toEqual(pos.slice(1));
  });

  test("patches only (timm no_embed_class)", async () => {
    const model = syntheticVit({ registerTokens: 1, positions: "patches" });
    const { prefix, positions } = nodeOf(await build(model), "tokens").weights;
    expect(rowsOf(prefix)).toEqual([rowsOf(model.tensors.cls_token)[0], rowsOf(model.tensors.reg_token)[0]]);
    expect(positions.data).toEqual(model.tensors.pos_embed.data);
  });

  test("no class token: an empty prefix, and the mean of all", async () => {
    const graph = await build(syntheticVit({ classToken: false, pooling: "mean" }));
    expect(nodeOf(graph, "tokens").weights.prefix.shape).toEqual([0, 24]);
    expect(graph.shapes.tokens).toEqual([16, 24]);
    expect(nodeOf(graph, "pool")).toMatchObject({ op: "ReduceMean", attributes: { start: 0 } });
  });

  test("where two readings fit, a configuration decides", async () => {
    // 25 rows: 5x5 patches alone, or 4x4 patches with 9 tokens before them.
    const model = syntheticVit({ registerTokens: 8 });
    expect((await build(model)).inputShape).toEqual([3, 16, 16]);
    expect((await build({ ...model, config: { no_embed_class: true } })).inputShape).toEqual([3, 20, 20]);
  });
});

describe("pooling and heads", () => {
  test("mean of the patches, then fc_norm", async () => {
    const graph = await build(syntheticVit({ pooling: "mean", registerTokens: 2 }));
    expect(graph.nodes.slice(-3).map(({ name, op, inputs }) => [name, op, ...inputs])).toEqual([
      ["pool", "ReduceMean", "blocks.1.add2"],
      ["fc_norm", "LayerNormalization", "pool"],
      ["head", "Gemm", "fc_norm"],
    ]);
    expect(nodeOf(graph, "pool").attributes).toEqual({ start: 3 });
  });

  test("mean of normed patches where the model has norm instead of fc_norm", async () => {
    const model = syntheticVit();
    const graph = await build({ ...model, config: { ...model.config, global_pool: "avg" } });
    expect(nodeOf(graph, "pool")).toMatchObject({ op: "ReduceMean", inputs: ["norm"], attributes: { start: 1 } });
  });

  test.each(["timm", "huggingface"] as const)("distilled in %s names: two heads, each at half weight, are added", async (naming) => {
    const model = syntheticVit({ distilled: true, naming });
    const graph = await build(model);
    expect(graph.nodes.slice(-6).map(({ name, op, inputs }) => [name, op, ...inputs])).toEqual([
      ["norm", "LayerNormalization", "blocks.1.add2"],
      ["pool", "Gather", "norm"],
      ["pool_dist", "Gather", "norm"],
      ["head", "Gemm", "pool"],
      ["head_dist", "Gemm", "pool_dist"],
      ["logits", "Add", "head", "head_dist"],
    ]);
    expect(nodeOf(graph, "pool_dist").attributes).toEqual({ index: 1 });
    const source = naming === "timm" ? "head_dist" : "distillation_classifier";
    const { weight, bias } = nodeOf(graph, "head_dist").weights;
    expect(weight.data).toEqual(model.tensors[`${source}.weight`].data.map((value) => value / 2));
    expect(bias.data).toEqual(model.tensors[`${source}.bias`].data.map((value) => value / 2));
  });

  test("Hugging Face's DeiT with one classifier takes the class token alone", async () => {
    const model = syntheticVit({ distilled: true, naming: "huggingface" });
    const single = Object.entries(without(model, "distillation_classifier.weight", "distillation_classifier.bias").tensors);
    const tensors = Object.fromEntries(single.map(([name, value]) => [name.replace("cls_classifier", "classifier"), value]));
    const graph = await build({ ...model, tensors });
    expect(graph.nodes.slice(-2).map(({ name, op, inputs }) => [name, op, ...inputs])).toEqual([
      ["pool", "Gather", "norm"],
      ["head", "Gemm", "pool"],
    ]);
    expect(nodeOf(graph, "head").weights.weight.data).toEqual(tensors["classifier.weight"].data);
    expect(graph.shapes.tokens).toEqual([18, 24]);
  });
});
