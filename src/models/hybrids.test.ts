/** What the convolutional hybrids say of themselves and refuse; their numbers are compared with PyTorch's in src/runner/goldens.test.ts. */
import { describe, expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { configured, goldenFiles as files, withTensor } from "../testing/golden-files.ts";
import { identifyModel } from "./index.ts";

describe("TinyViT", () => {
  test("windows, heads and the image's size follow from the tables", async () => {
    const { card } = identifyModel(await files("tiny_vit", "timm", { config: null }));
    expect(card).toMatchObject({ family: "tiny_vit", tokens: 16, config: { imageSize: [32, 32], embedDim: 16, depth: 4, numHeads: 2 } });
    expect(card.config.stages).toMatchObject([
      { depth: 2, embedDim: 12, numHeads: 3, grid: [4, 4], window: 2 },
      { depth: 1, embedDim: 16, numHeads: 2, grid: [2, 2], window: 2 },
    ]);
    expect(card.assumed).toContain("imageSize");
  });

  test("nothing is permuted: convolutions read and write the order of windows", async () => {
    const { nodes } = await identifyModel(await files("tiny_vit", "timm")).build();
    const moved = nodes.filter(({ op }) => op === "GatherRows").map(({ name }) => name);
    expect(moved).toEqual(["patch_embed.conv1.windows", "patch_embed.conv2.windows"]);
    expect(nodes.filter(({ op }) => op === "DepthwiseConvolution")).toHaveLength(1 + 2 + 2 + 1);
  });

  test("WINDOWS_MISMATCH, TENSOR_SHAPE and UNSUPPORTED_TENSOR", async () => {
    const given = await files("tiny_vit", "timm");
    await expectCode("WINDOWS_MISMATCH", () => identifyModel(configured(given, { img_size: 48 })));
    await expectCode("WINDOWS_MISMATCH", () => identifyModel(given, { imageSize: [32, 24] }));
    await expectCode("TENSOR_SHAPE", () => identifyModel(withTensor(given, "stages.1.blocks.0.attn.attention_biases", [3, 5])));
    await expectCode("UNSUPPORTED_TENSOR", () => identifyModel(withTensor(given, "stages.0.blocks.0.se.fc1.weight", [3])));
  });
});

describe("MobileViT", () => {
  test("what no file states is assumed as in all published models", async () => {
    const { card } = identifyModel(await files("mobilevit", "timm", { config: null }));
    expect(card.config).toMatchObject({ imageSize: [256, 256], patchSize: 8, numHeads: 4, embedDim: 16, activation: { kind: "silu" } });
    expect(card).toMatchObject({ family: "mobilevit", tokens: 32 * 32 });
    expect(card.assumed).toEqual(expect.arrayContaining(["imageSize", "numHeads", "preprocessing"]));
  });

  test("Hugging Face's reads blue first unless its processor says otherwise", async () => {
    const build = async (preprocessor: { do_flip_channel_order: boolean } | null) => {
      const identified = identifyModel(await files("mobilevit", "hf", { preprocessor }));
      const { nodes } = await identified.build();
      return { notes: identified.notes.join(), stem: nodes.find(({ name }) => name === "stem")?.weights.weight.data };
    };
    const [silent, swapped, plain] = [
      await build(null),
      await build({ do_flip_channel_order: true }),
      await build({ do_flip_channel_order: false }),
    ];
    expect(silent.notes).toContain("blue, green, red");
    expect(swapped.stem).toEqual(silent.stem);
    expect(plain.notes).not.toContain("blue");
    expect(plain.stem).not.toEqual(silent.stem);
  });

  test("WINDOWS_MISMATCH, HEADS_INVALID, TENSOR_SHAPE and UNSUPPORTED_TENSOR", async () => {
    const given = await files("mobilevit", "timm");
    await expectCode("WINDOWS_MISMATCH", () => identifyModel(configured(given, { img_size: 40 })));
    await expectCode("HEADS_INVALID", () => identifyModel(configured(given, { num_heads: 5 })));
    await expectCode("TENSOR_SHAPE", () => identifyModel(withTensor(given, "stages.0.0.conv2_kxk.conv.weight", [16, 2, 3, 3])));
    const error = await expectCode("UNSUPPORTED_TENSOR", () =>
      identifyModel(withTensor(given, "stages.2.1.transformer.0.attn.qkv_proj.weight", [33, 16, 1, 1])),
    );
    expect(error.what).toContain("MobileViT v2");
  });
});
