/** Attention of the research line: what is read from tensors and settings, and refused; numbers are compared with PyTorch's in src/runner/goldens.test.ts. */
import { describe, expect, test } from "vitest";
import { expectCode } from "../testing/expect-code.ts";
import { configured, goldenFiles as files, withTensor } from "../testing/golden-files.ts";
import { identifyModel } from "./index.ts";

describe("clipped softmax", () => {
  test("gamma and zeta as its authors write them, or alpha over the tokens", async () => {
    const given = await files("vit-clipped", "timm");
    const stretch = (settings: Record<string, string | number>) => identifyModel(configured(given, settings)).card.config.clippedSoftmax;
    expect(stretch({})).toEqual({ gamma: -0.03, zeta: 1.1 });
    expect(stretch({ attn_softmax: "clipped(0:1.003)" })).toEqual({ gamma: 0, zeta: 1.003 });
    expect(stretch({ attn_softmax: "vanilla" })).toBeUndefined();
    expect(stretch({ attn_softmax_alpha: 8.5 })).toEqual({ gamma: -0.5, zeta: 1 });
  });

  test("CONFIG_INVALID: a stretch that is none", async () => {
    const given = await files("vit-clipped", "timm");
    for (const attn_softmax of ["clipped(.1:1)", "clipped(0:.9)", "clipped", "sparsemax", 3]) {
      await expectCode("CONFIG_INVALID", () => identifyModel(configured(given, { attn_softmax })));
    }
  });
});

describe("gates of heads", () => {
  test("show the number of heads", async () => {
    for (const name of ["vit-gated", "vit-gated-all", "vit-gated-mlp", "vit-gated-constant"]) {
      const { card } = identifyModel(await files(name, "timm", { config: null }));
      expect(card.config.numHeads, name).toBe(3);
      expect(card.assumed).not.toContain("numHeads");
    }
  });

  test("of each token, of the image, or constant, which costs nothing", async () => {
    const gatesOf = async (name: string) => {
      const { card, build } = identifyModel(await files(name, "timm"));
      const { nodes } = await build();
      return [
        card.config.headGates,
        nodes.filter(({ op }) => op === "HeadGate").length,
        nodes.filter(({ op }) => op === "ReduceMean").length,
      ];
    };
    expect(await gatesOf("vit-gated")).toEqual(["token", 2, 0]);
    expect(await gatesOf("vit-gated-mlp")).toEqual(["image", 2, 2]);
    expect(await gatesOf("vit-gated-constant")).toEqual([undefined, 0, 0]);
  });

  test("CONFIG_INVALID and TENSOR_SHAPE", async () => {
    const given = await files("vit-gated", "timm");
    await expectCode("CONFIG_INVALID", () => identifyModel(configured(given, { attn_gate_type: "conditional_per_layer" })));
    await expectCode("TENSOR_SHAPE", () => identifyModel(withTensor(given, "blocks.1.attn.alpha.2.weight", [1, 5])));
  });
});

describe("simplified linear attention", () => {
  test("the class token of its files has no part in it", async () => {
    const { card, notes, build } = identifyModel(await files("slab", "timm"));
    expect(card).toMatchObject({ family: "slab", tokens: 16, config: { classToken: false, numHeads: 3, pooling: "mean" } });
    expect(notes.join()).toContain("no softmax");
    const { nodes } = await build();
    expect(nodes.some(({ op }) => op === "Softmax" || op === "LayerNormalization")).toBe(false);
  });

  test("UNSUPPORTED_TENSOR beside other tokens, TENSOR_SHAPE of the convolution", async () => {
    const given = await files("slab", "timm");
    const error = await expectCode("UNSUPPORTED_TENSOR", () => identifyModel(withTensor(given, "reg_token", [1, 4, 12])));
    expect(error.why).toContain("grid");
    await expectCode("TENSOR_SHAPE", () => identifyModel(withTensor(given, "blocks.1.attn.dwc.weight", [4, 1, 4, 4])));
  });
});
