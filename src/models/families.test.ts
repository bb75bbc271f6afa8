/** What tells the families apart, what they say, and what they refuse; their numbers are compared with PyTorch's in src/runner/goldens.test.ts. */
import { describe, expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { configured, goldenFiles as files, withTensor } from "../testing/golden-files.ts";
import { identifyModel } from "./index.ts";

test("what is left out of a file is said", async () => {
  expect(identifyModel(await files("mae", "hf")).notes.join()).toContain("decoder is left out");
  expect(identifyModel(await files("clip", "hf")).notes.join()).toContain("text tower is left out");
  expect(identifyModel(await files("clip", "timm")).notes).toEqual([]);
});

test("CLIP: QuickGELU and epsilon by family, and a projection is no classifier", async () => {
  const { card } = identifyModel(await files("clip", "timm"));
  expect(card).toMatchObject({
    family: "clip",
    output: "features",
    config: { gelu: "sigmoid", epsilon: 1e-5, numClasses: 0, pooling: "token" },
  });
  expect(card.preprocessing.mean[0]).toBeCloseTo(0.48145466, 8);
  const exact = configured(await files("clip", "timm"), { architecture: "vit_base_patch32_clip_224" });
  expect(identifyModel(exact).card.config.gelu).toBe("none");
  const tuned = identifyModel(await files("clip-hf-classifier", "hf")).card;
  expect(tuned).toMatchObject({ output: "classes", config: { numClasses: 5, pooling: "mean" } });
});

test("CLIP: the settings of the vision tower inside those of the whole model", async () => {
  const given = await files("clip", "hf");
  const vision = { ...given.config, hidden_act: "gelu", layer_norm_eps: 1e-4 };
  const config = { model_type: "clip", text_config: { hidden_size: 7, num_attention_heads: 7 }, vision_config: vision };
  const { card, notes } = identifyModel({ ...given, config });
  expect(card.config).toMatchObject({ numHeads: 3, gelu: "none", epsilon: 1e-4 });
  expect(notes).toHaveLength(1);
});

test("SigLIP: GELU by tanh, no class token, attention pooling", async () => {
  const { card } = identifyModel(await files("siglip", "hf"));
  expect(card).toMatchObject({
    family: "siglip",
    output: "features",
    tokens: 16,
    config: { gelu: "tanh", classToken: false, pooling: "map" },
  });
});

describe("positions at another image size", () => {
  test("DINOv2 follows Hugging Face's processor, and says so", async () => {
    const preprocessor = { do_center_crop: true, crop_size: { height: 16, width: 16 }, do_resize: true, size: { shortest_edge: 18 } };
    const { card, notes } = identifyModel(await files("dinov2-swiglu", "hf", { preprocessor }));
    expect(card.config).toMatchObject({ imageSize: [16, 16], positionGrid: [6, 6] });
    expect(card).toMatchObject({ tokens: 17, preprocessing: { inputSize: [16, 16], resize: "shortest", size: 18 } });
    expect(notes.join()).toContain("resampled to 4 x 4");
  });

  test("POSITIONS_MISMATCH: relative positions stay, and patches must fit", async () => {
    const error = await expectCode("POSITIONS_MISMATCH", async () => identifyModel(await files("beit", "timm"), { imageSize: [32, 32] }));
    expect(error.why).toContain("relative positions");
    await expectCode("POSITIONS_MISMATCH", async () => identifyModel(await files("dinov2-swiglu", "hf"), { imageSize: [30, 30] }));
  });
});

test("RMSNorm: stated, or assumed where norms have no shift", async () => {
  expect(identifyModel(await files("vit-rms", "timm")).card.config).toMatchObject({ norm: "rms", activation: { kind: "silu" } });
  const silent = await files("vit-rms", "timm", { config: { model_args: { num_heads: 3 } } });
  expect(identifyModel(silent).card.assumed).toContain("norm");
  const layer = configured(silent, { model_args: { num_heads: 3, norm_layer: "layernorm" } });
  expect(identifyModel(layer).card.config.norm).toBeUndefined();
});

test("norms that are linear at inference leave no node", async () => {
  for (const name of ["vit-batchnorm", "vit-repbn", "vit-unified"]) {
    const graph = await identifyModel(await files(name, "timm")).build();
    expect(graph.nodes.some(({ op }) => op === "LayerNormalization")).toBe(false);
  }
});

test("CONFIG_INVALID: a polynomial without its coefficients", async () => {
  const given = configured(await files("vit-rms", "timm"), { model_args: { num_heads: 3, act_layer: "polynomial" } });
  const error = await expectCode("CONFIG_INVALID", () => identifyModel(given));
  expect(error.why).toContain("three coefficients");
});

test.each([
  ["beit", "blocks.0.attn.q_norm.weight", "normalised queries and keys"],
  ["siglip", "rope.freqs", "rotary positions"],
  ["dinov2-swiglu", "blocks.0.mlp.experts.0.weight", "mixture of experts"],
  ["clip", "blocks.0.attn.proj.lora_A.weight", "LoRA adapters"],
  ["vit-avg", "blocks.0.attn.rel_pos_h", "relative positions decomposed"],
  ["vit-avg", "blocks.0.mlp.norm.weight", "norms inside attention or MLP"],
])("UNSUPPORTED_TENSOR: %s with %s", async (name, tensor, part) => {
  const error = await expectCode("UNSUPPORTED_TENSOR", async () => identifyModel(withTensor(await files(name, "timm"), tensor, [3])));
  expect(error.what).toContain(part);
  expect(error.why).toContain(tensor);
});

describe("Compact Convolutional Transformer", () => {
  test("tokens and image size follow from kernels and positions", async () => {
    const { card } = identifyModel(await files("cct", "timm", { config: null }));
    expect(card).toMatchObject({ family: "cct", tokens: 16, config: { imageSize: [8, 8], patchSize: 2, depth: 2, numClasses: 5 } });
    expect(card.assumed).toContain("numHeads");
  });

  test("POSITIONS_MISMATCH and UNSUPPORTED_TENSOR", async () => {
    await expectCode("POSITIONS_MISMATCH", async () => identifyModel(configured(await files("cct", "timm"), { img_size: 32 })));
    await expectCode("UNSUPPORTED_TENSOR", async () =>
      identifyModel(withTensor(await files("cct", "timm"), "classifier.class_emb", [1, 1, 12])),
    );
  });
});
