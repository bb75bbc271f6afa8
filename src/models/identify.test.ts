import { describe, expect, test } from "vitest";
import { fromBytes } from "../formats/byte-source.ts";
import type { Json, JsonObject } from "../formats/json.ts";
import { openModelFiles, type ModelFiles } from "../formats/open-model.ts";
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { expectCode } from "../testing/expect-code.ts";
import { rawSafetensors } from "../testing/raw-files.ts";
import { hasShared, sharedSource } from "../testing/shared-files.ts";
import { modelSources, syntheticVit, type SyntheticModel, type SyntheticOptions } from "../testing/synthetic-model.ts";
import { tensor, zeros, type Tensor } from "../tensor/tensor.ts";
import { identifyModel } from "./index.ts";

const open = (model: SyntheticModel): Promise<ModelFiles> => openModelFiles(modelSources(model));

/** Only a header: enough for everything before weights are read. */
async function openNames(shapes: Readonly<Record<string, readonly number[]>>, config: JsonObject | null = null): Promise<ModelFiles> {
  const tensors = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)]));
  return { ...(await openModelFiles([fromBytes(writeSafetensors(tensors), "model.safetensors")])), config };
}

/** The same model with some tensors replaced, added (a tensor) or removed (null). */
function edited(model: SyntheticModel, changes: Readonly<Record<string, Tensor | null>>): SyntheticModel {
  const entries = Object.entries({ ...model.tensors, ...changes }).filter((entry): entry is [string, Tensor] => entry[1] !== null);
  return { ...model, tensors: Object.fromEntries(entries) };
}

function configured(model: SyntheticModel, config: Json): SyntheticModel {
  return { ...model, config: config as JsonObject };
}

describe("the card", () => {
  test.each(["timm", "huggingface"] as const)("of a plain ViT in %s names", async (naming) => {
    const { card, notes } = identifyModel(await open(syntheticVit({ naming })));
    expect(card).toMatchObject({ name: "model", family: "vit", naming, tokens: 17, weightDtype: "f32" });
    expect(card.config).toEqual({
      imageSize: [16, 16],
      patchSize: 4,
      channels: 3,
      embedDim: 24,
      depth: 2,
      numHeads: 3,
      mlpDim: 48,
      classToken: true,
      distilled: false,
      registerTokens: 0,
      numClasses: 5,
      epsilon: 1e-6,
      gelu: "none",
      pooling: "token",
      qkvBias: true,
    });
    expect(notes).toEqual([]);
    expect(card.assumed).toEqual(naming === "timm" ? [] : ["preprocessing"]);
    // patch 24*48+24, class token 24, positions 17*24, per block: norms 4*24, qkv 72*24+72, proj 24*24+24, fc1 48*24+48, fc2 24*48+24; norm 48, head 5*24+5
    const linear = { patch: 24 * 48, qkv: 72 * 24, proj: 24 * 24, fc: 48 * 24, head: 5 * 24 };
    const rest = 24 + 24 + 17 * 24 + 2 * (96 + 72 + 24 + 48 + 24) + 48 + 5;
    const linearCount = linear.patch + 2 * (linear.qkv + linear.proj + 2 * linear.fc) + linear.head;
    const channels = 24 + 2 * (72 + 24 + 48 + 24) + 5;
    expect(card.parameters).toBe(linearCount + rest);
    expect(card.memory).toEqual({
      floatBytes: 4 * (linearCount + rest),
      int8Bytes: linearCount + 8 * channels + 4 * rest,
      int4Bytes: linearCount / 2 + 8 * channels + 4 * rest,
    });
  });

  const geometries: readonly (readonly [string, SyntheticOptions, object])[] = [
    [
      "another size and patch",
      { imageSize: [28, 28], patchSize: 7, embedDim: 32, numHeads: 4, mlpDim: 80, depth: 3 },
      { imageSize: [28, 28], patchSize: 7, mlpDim: 80, depth: 3 },
    ],
    ["an image that is not square", { imageSize: [8, 24] }, { imageSize: [8, 24] }],
    ["one channel", { channels: 1 }, { channels: 1 }],
    ["no qkv bias", { qkvBias: false }, { qkvBias: false }],
    ["registers", { registerTokens: 4 }, { registerTokens: 4, imageSize: [16, 16] }],
    ["registers without positions", { registerTokens: 4, positions: "class-and-patches" }, { registerTokens: 4, imageSize: [16, 16] }],
    ["positions of patches only", { registerTokens: 2, positions: "patches" }, { imageSize: [16, 16] }],
    ["no class token", { classToken: false, pooling: "mean" }, { classToken: false, pooling: "mean" }],
    ["mean pooling with a class token", { pooling: "mean" }, { classToken: true, pooling: "mean" }],
    ["tanh GELU", { gelu: "tanh" }, { gelu: "tanh" }],
    ["epsilon", { epsilon: 1e-5 }, { epsilon: 1e-5 }],
  ];
  test.each(geometries)("tells %s", async (_name, options, expected) => {
    const { card } = identifyModel(await open(syntheticVit(options)));
    expect(card.config).toMatchObject(expected);
  });

  test("without any configuration, what is assumed is said", async () => {
    const weights = await openNames({ ...shapesOf(syntheticVit({ embedDim: 128, numHeads: 2, mlpDim: 256 })) });
    const { card } = identifyModel(weights);
    expect(card.config.numHeads).toBe(2);
    expect(card.assumed).toEqual(["numHeads", "epsilon", "gelu", "pooling", "preprocessing"]);
    const changed = identifyModel(weights, { numHeads: 8 }).card;
    expect(changed.config.numHeads).toBe(8);
    expect(changed.assumed).not.toContain("numHeads");
  });

  test("64 wide heads where they divide, else the widest below", async () => {
    const headsOf = async (embedDim: number) =>
      identifyModel(await openNames(shapesOf(syntheticVit({ embedDim, numHeads: 1 })))).card.config.numHeads;
    expect(await headsOf(192)).toBe(3);
    expect(await headsOf(96)).toBe(2); // 48
    expect(await headsOf(100)).toBe(2); // 50
    expect(await headsOf(24)).toBe(1);
  });

  test("timm's architecture names tell the heads, unless the width is another", async () => {
    const shapes = shapesOf(syntheticVit({ embedDim: 320, numHeads: 5 }));
    const heads = async (architecture: string) => identifyModel(await openNames(shapes, { architecture })).card;
    expect(await heads("vit_little_patch16_reg4_gap_256")).toMatchObject({
      config: { numHeads: 5 },
      assumed: ["pooling", "preprocessing"],
    });
    expect((await heads("vit_tiny_patch16_224")).assumed).toContain("numHeads");
    const huge = await openNames(shapesOf(syntheticVit({ embedDim: 1280, numHeads: 16, depth: 1, mlpDim: 8 })), {
      architecture: "vit_huge_patch14_224",
    });
    expect(identifyModel(huge).card.config.numHeads).toBe(16);
  });

  test("a configuration in the other style, or contradicting the weights", async () => {
    const timm = syntheticVit();
    const other = identifyModel(await open(configured(timm, { num_attention_heads: 6, layer_norm_eps: 1e-5, hidden_act: "gelu_new" })));
    expect(other.card.config).toMatchObject({ numHeads: 6, epsilon: 1e-5, gelu: "tanh" });
    const wrong = { num_heads: 3, embed_dim: 32, depth: 12, num_classes: 1000, img_size: 224, patch_size: 16, qkv_bias: false };
    const { card, notes } = identifyModel(await open(configured(timm, wrong)));
    expect(card.config).toMatchObject({ embedDim: 24, depth: 2, numClasses: 5, imageSize: [16, 16], patchSize: 4, qkvBias: true });
    for (const field of [
      "embed_dim = 32",
      "depth = 12",
      "num_classes = 1000",
      "img_size = 224 x 224",
      "patch_size = 16 x 16",
      "qkv_bias = false",
    ]) {
      expect(notes.join("\n")).toContain(field);
    }
    expect(notes).toHaveLength(6);
  });

  test("names with wrappers around them, and buffers of no use", async () => {
    const { tensors, config } = syntheticVit();
    const wrapped = Object.fromEntries(
      Object.entries(tensors).map(([name, value]) => [name.startsWith("head") ? name : `module.backbone.${name}`, value]),
    );
    const useless = { "head.num_batches_tracked": zeros([1]), mask_token: zeros([1, 24]) };
    const { card } = identifyModel(await open({ tensors: { ...wrapped, ...useless }, config }));
    expect(card.parameters).toBe(identifyModel(await open(syntheticVit())).card.parameters);
    const hf = syntheticVit({ naming: "huggingface" });
    const pooler = { "vit.pooler.dense.weight": zeros([24, 24]), "vit.pooler.dense.bias": zeros([24]) };
    expect(identifyModel(await open(edited(hf, pooler))).card.parameters).toBe(card.parameters);
  });

  test("the weights' storage type", async () => {
    const half = (dtype: string) => {
      let position = 0;
      const header = Object.fromEntries(
        Object.entries(syntheticVit().tensors).map(([name, { shape, data }]) => {
          const begin = position;
          position += 2 * data.length;
          return [name, { dtype, shape, data_offsets: [begin, position] }];
        }),
      );
      return openModelFiles([rawSafetensors(header, position)]);
    };
    expect(identifyModel(await half("F16")).card.weightDtype).toBe("f16");
    expect(identifyModel(await half("BF16")).card.weightDtype).toBe("bf16");
    await expectCode("UNSUPPORTED_DTYPE", async () => identifyModel(await half("I16")));
  });
});

describe("families", () => {
  test.each(["timm", "huggingface"] as const)("distilled DeiT in %s names", async (naming) => {
    const { card } = identifyModel(await open(syntheticVit({ naming, distilled: true })));
    expect(card).toMatchObject({ family: "deit", tokens: 18, config: { distilled: true } });
  });

  test("plain DeiT is told by its configuration, and gets DeiT's preprocessing", async () => {
    const { card } = identifyModel(await open(configured(syntheticVit(), { architecture: "deit_tiny_patch16_224", num_heads: 3 })));
    expect(card).toMatchObject({ family: "deit", assumed: ["pooling", "preprocessing"], preprocessing: { mean: [0.485, 0.456, 0.406] } });
  });
});

describe("labels", () => {
  const labelsOf = async (config: Json) => identifyModel(await open(configured(syntheticVit(), config))).card.labels;
  test("from id2label, from timm's label_names, or none", async () => {
    const id2label = { 0: "cat", 1: "dog", 2: "owl", 3: "fox", 4: "elk" };
    expect(await labelsOf({ id2label })).toEqual(["cat", "dog", "owl", "fox", "elk"]);
    const label_names = ["n1", "n2", "n3", "n4", "n5"];
    expect(await labelsOf({ label_names, label_descriptions: { n2: "dog" } })).toEqual(["n1", "dog", "n3", "n4", "n5"]);
    expect(await labelsOf({ id2label: { 0: "cat" } })).toBeNull();
    expect(await labelsOf({ id2label: { 0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2", 3: "LABEL_3", 4: "LABEL_4" } })).toBeNull();
    expect(await labelsOf({})).toBeNull();
  });
});

describe("refusing before weights are read", () => {
  const identify = async (files: Promise<ModelFiles>, overrides = {}) => identifyModel(await files, overrides);

  test.each([
    ["ResNet", ["conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "fc.weight"], /ResNet/],
    ["LLM", ["model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight", "lm_head.weight"], /language model/],
    [
      "Swin V2",
      ["patch_embed.proj.weight", "layers.0.blocks.0.attn.logit_scale", "layers.0.blocks.0.attn.cpb_mlp.0.weight"],
      /Swin Transformer of version 2/,
    ],
    ["CLIP", ["vision_model.embeddings.class_embedding", "text_model.embeddings.token_embedding.weight", "logit_scale"], /CLIP/],
    ["ConvNeXt", ["stages.0.blocks.0.conv_dw.weight", "head.fc.weight"], /ConvNeXt/],
    ["BERT", ["bert.encoder.layer.0.attention.self.query.weight", "bert.embeddings.word_embeddings.weight"], /BERT/],
    ["LoRA", ["base_model.model.vit.encoder.layer.0.attention.attention.query.lora_A.weight"], /LoRA/],
    ["torchvision", ["conv_proj.weight", "encoder.layers.encoder_layer_0.ln_1.weight", "heads.head.weight"], /torchvision/],
    ["unknown", ["w1", "w2"], /w1, w2/],
  ])("NOT_A_VIT: %s", async (_name, names, says) => {
    const error = await expectCode("NOT_A_VIT", () => identify(openNames(Object.fromEntries(names.map((name) => [name, [1]])))));
    expect(error.why).toMatch(says);
  });
  test("an adapter is told from its base, and how it is merged", async () => {
    const layers = [0, 1].flatMap((i) =>
      ["query", "value"].flatMap((part) =>
        ["A", "B"].map((half) => `base_model.model.vit.encoder.layer.${i}.attention.attention.${part}.lora_${half}.weight`),
      ),
    );
    const names = [...layers, "base_model.model.classifier.weight", "base_model.model.classifier.bias"];
    const error = await expectCode("NOT_A_VIT", () => identify(openNames(Object.fromEntries(names.map((name) => [name, [1, 1]])))));
    expect(error.why).toContain("LoRA adapter without its base model");
    expect(error.next).toContain("merge_and_unload");
  });

  const plain = syntheticVit();
  const weights = (shape: readonly number[]) => zeros(shape);
  const refusals: readonly (readonly [code: string, name: string, model: SyntheticModel, says: RegExp])[] = [
    ["UNSUPPORTED_TENSOR", "q_norm", edited(plain, { "blocks.0.attn.q_norm.weight": weights([8]) }), /blocks\.0\.attn\.q_norm\.weight/],
    ["TENSOR_MISSING", "half a norm_pre", edited(plain, { "norm_pre.weight": weights([24]) }), /norm_pre\.bias/],
    ["TENSOR_TWICE", "SwiGLU beside a plain MLP", edited(plain, { "blocks.1.mlp.w12.weight": weights([24, 24]) }), /mlp\.w12/],
    ["UNSUPPORTED_TENSOR", "a gate of its own", edited(plain, { "blocks.1.mlp.fc1_g.weight": weights([24, 24]) }), /fc1_g/],
    ["UNSUPPORTED_TENSOR", "rope", edited(plain, { "rope.freqs": weights([8]) }), /rope\.freqs/],
    ["UNSUPPORTED_TENSOR", "hybrid", edited(plain, { "patch_embed.backbone.stem.conv.weight": weights([8]) }), /backbone\.stem/],
    ["TENSOR_MISSING", "a norm", edited(plain, { "blocks.1.norm2.bias": null }), /blocks\.1\.norm2\.bias/],
    [
      "TENSOR_MISSING",
      "a whole block",
      edited(
        plain,
        Object.fromEntries(
          Object.keys(plain.tensors)
            .filter((name) => name.startsWith("blocks.0.mlp"))
            .map((name) => [name, null]),
        ),
      ),
      /blocks\.0\.mlp/,
    ],
    ["TENSOR_MISSING", "the final norm", edited(plain, { "norm.weight": null }), /norm\.weight/],
    ["TENSOR_MISSING", "positions", edited(plain, { pos_embed: null }), /pos_embed/],
    ["TENSOR_MISSING", "one block's bias", edited(plain, { "blocks.1.mlp.fc1.bias": null }), /blocks\.1\.mlp\.fc1\.bias/],
    [
      "TENSOR_MISSING",
      "the distillation head",
      edited(syntheticVit({ distilled: true }), { "head_dist.weight": null, "head_dist.bias": null }),
      /head_dist\.weight/,
    ],
    ["TENSOR_SHAPE", "fc2", edited(plain, { "blocks.1.mlp.fc2.weight": weights([24, 47]) }), /\[24,47\].*\[24,48\]/],
    ["TENSOR_SHAPE", "head width", edited(plain, { "head.weight": weights([5, 48]) }), /\[5,48\].*\[5,24\]/],
    ["TENSOR_SHAPE", "patches not square", edited(plain, { "patch_embed.proj.weight": weights([24, 3, 4, 2]) }), /square patches/],
    ["TENSOR_SHAPE", "empty", edited(plain, { "head.weight": weights([0, 24]) }), /at least one element/],
    ["TENSOR_SHAPE", "class token", edited(plain, { cls_token: weights([1, 1, 23]) }), /\[1,1,24\]/],
    [
      "TENSOR_TWICE",
      "a moving average too",
      edited(plain, { "module.cls_token": weights([1, 1, 24]) }),
      /"cls_token" and "module\.cls_token"|"module\.cls_token" and "cls_token"/,
    ],
    ["TENSOR_TWICE", "fused and split", edited(plain, { "blocks.0.attn.q_bias": weights([24]) }), /blocks\.0\.attn\.qkv\.bias/],
    ["POSITIONS_MISMATCH", "neither square nor stated", edited(plain, { pos_embed: weights([1, 15, 24]) }), /15 rows/],
    ["HEADS_INVALID", "5 heads for 24", configured(plain, { num_heads: 5 }), /num_heads is 5.*24 wide/s],
    ["HEADS_INVALID", "no heads", configured(plain, { model_args: { num_heads: 0 } }), /model_args\.num_heads is 0/],
    ["CONFIG_INVALID", "heads as text", configured(plain, { num_attention_heads: "three" }), /num_attention_heads is "three"/],
    ["CONFIG_INVALID", "negative epsilon", configured(plain, { layer_norm_eps: -1 }), /layer_norm_eps is -1/],
    ["CONFIG_INVALID", "image size", configured(plain, { image_size: "large" }), /image_size/],
    ["UNSUPPORTED_ACTIVATION", "mish", configured(plain, { hidden_act: "mish" }), /mish/],
    ["UNSUPPORTED_POOLING", "map", configured(plain, { global_pool: "map" }), /"map"/],
  ];
  test.each(refusals)("%s: %s", async (code, _name, model, says) => {
    const error = await expectCode(code, () => identify(open(model)));
    expect(error.message).toMatch(says);
  });

  test("HEADS_INVALID for a wrong override lists what is possible", async () => {
    const error = await expectCode("HEADS_INVALID", () => identify(open(plain), { numHeads: 7 }));
    expect(error.next).toContain("(1, 2, 3)");
  });
});

describe("while building", () => {
  test("NaN and infinite weights are named and counted", async () => {
    const broken = new Float32Array(24 * 48);
    broken.set([NaN, Infinity, NaN], 5);
    const model = edited(syntheticVit(), { "blocks.1.mlp.fc2.weight": tensor([24, 48], broken) });
    const identified = identifyModel(await open(model));
    const error = await expectCode("WEIGHTS_NOT_FINITE", () => identified.build());
    expect(error.what).toContain('"blocks.1.mlp.fc2.weight" holds 2 NaN and 1 infinite values among 1152');
  });

  test("progress is told, and it can be cancelled", async () => {
    const identified = identifyModel(await open(syntheticVit()));
    const stages: string[] = [];
    await identified.build({ onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`) });
    expect(stages[0]).toMatch(/^reading patch_embed\.proj\.weight 0\//);
    const [done, total] = (stages.at(-1) ?? "").split(" ").at(-1)?.split("/") ?? [];
    expect(done).toBe(total);
    const controller = new AbortController();
    const cancelled = identified.build({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("real checkpoints", () => {
  test("ViT-Tiny without any configuration", async () => {
    if (!hasShared("the card of a real ViT-Tiny")) return;
    const path = "data/checkpoints/vit_tiny_patch16_224_tinyimagenet.safetensors";
    const { card } = identifyModel(await openModelFiles([sharedSource(path, "vit_tiny.safetensors")]));
    expect(card).toMatchObject({
      family: "vit",
      naming: "huggingface",
      parameters: 5_563_016,
      tokens: 197,
      weightDtype: "f32",
      labels: null,
    });
    expect(card.config).toMatchObject({
      imageSize: [224, 224],
      patchSize: 16,
      embedDim: 192,
      depth: 12,
      numHeads: 3,
      mlpDim: 768,
      numClasses: 200,
      epsilon: 1e-12,
    });
    expect(card.assumed).toEqual(["numHeads", "epsilon", "gelu", "preprocessing"]);
  });

  test("vit-s32 with its configurations", async () => {
    if (!hasShared("the cards of vit-s32")) return;
    for (const [config, weights] of [
      ["config.json", "timm"],
      ["config.json", "hf"],
      ["hf-config.json", "hf"],
    ]) {
      const sources = [sharedSource(`oracle/vit-s32/model.plain.${weights}.safetensors`), sharedSource(`oracle/vit-s32/${config}`)];
      const { card, notes } = identifyModel(await openModelFiles(sources));
      expect(card.config).toMatchObject({
        imageSize: [32, 32],
        patchSize: 4,
        embedDim: 96,
        depth: 4,
        numHeads: 3,
        numClasses: 10,
        epsilon: 1e-6,
        gelu: "none",
      });
      expect(notes).toEqual([]);
      expect(card.assumed).toEqual(config === "config.json" ? [] : ["preprocessing"]);
    }
  });
});

function shapesOf({ tensors }: SyntheticModel): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
}
