import { expect, test } from "vitest";
import type { JsonObject } from "../formats/json.ts";
import type { ModelFiles } from "../formats/open-model.ts";
import { expectCode } from "../testing/expect-code.ts";
import { goldenModel } from "../testing/golden-models.ts";
import { zeros } from "../tensor/tensor.ts";
import { identifyModel } from "./index.ts";

const golden = await goldenModel("swin");
const old = await goldenModel("swin-features");

function configured({ any }: typeof golden, changes: JsonObject | null): ModelFiles {
  return { ...any, config: changes && { ...any.config, ...changes } };
}

/** The same file with more tensors in it. */
function extended(files: ModelFiles, shapes: Readonly<Record<string, readonly number[]>>): ModelFiles {
  const { weights } = files;
  return {
    ...files,
    weights: {
      ...weights,
      names: [...weights.names, ...Object.keys(shapes)],
      shape: (name) => shapes[name] ?? weights.shape(name),
      dtype: (name) => (name in shapes ? "F32" : weights.dtype(name)),
      read: (name) => (name in shapes ? Promise.resolve(zeros(shapes[name])) : weights.read(name)),
    },
  };
}

test("stages, windows and heads follow from shapes", () => {
  const { card, notes } = identifyModel(golden.any);
  expect(card.config).toMatchObject({
    imageSize: [24, 36],
    patchSize: 2,
    depth: 4,
    embedDim: 12,
    numHeads: 2,
    mlpDim: 24,
    numClasses: 5,
    epsilon: 1e-5,
  });
  expect(card.config.stages).toEqual([
    { depth: 2, embedDim: 6, numHeads: 1, mlpDim: 12, grid: [12, 18], window: 3 },
    { depth: 2, embedDim: 12, numHeads: 2, mlpDim: 24, grid: [6, 9], window: 3 },
  ]);
  expect(card).toMatchObject({ tokens: 216, naming: "timm", assumed: ["preprocessing"] });
  expect(notes).toEqual([]);
  expect(identifyModel(golden.files.hf ?? golden.any).card).toMatchObject({ naming: "huggingface", config: card.config });
});

test("the image size: from a configuration, from the mask of older files, else assumed", () => {
  const bare = identifyModel(configured(golden, null)).card;
  expect(bare.config.imageSize).toEqual([12, 12]);
  expect(bare.assumed).toContain("imageSize");
  const masked = extended(configured(golden, null), { "layers.0.blocks.1.attn_mask": [16, 9, 9] });
  const { card } = identifyModel(masked);
  expect(card.config.imageSize).toEqual([24, 24]);
  expect(card.assumed).not.toContain("imageSize");
  const contradicted = identifyModel(extended(golden.any, { "layers.0.blocks.1.attn_mask": [16, 9, 9] }));
  expect(contradicted.card.config.imageSize).toEqual([24, 24]);
  expect(contradicted.notes.join()).toContain("24 x 36");
});

test("a configuration that the weights contradict is noted", () => {
  const model_args = { img_size: [24, 36], depths: [2, 6], num_heads: [1, 2], window_size: 7 };
  const { notes } = identifyModel(configured(golden, { model_args }));
  expect(notes).toHaveLength(2);
  expect(notes.join()).toMatch(/depths = 2, 6.*window_size = 7/);
});

test("without a classifier the output is a feature", async () => {
  const { card, build } = identifyModel(old.any);
  expect(card).toMatchObject({ output: "features", config: { numClasses: 0, qkvBias: false } });
  expect((await build()).nodes.at(-1)).toMatchObject({ name: "pool", op: "ReduceMean" });
});

test("WINDOWS_MISMATCH: windows that do not fill the image", async () => {
  const error = await expectCode("WINDOWS_MISMATCH", () => identifyModel(configured(golden, { model_args: { img_size: 32 } })));
  expect(error.what).toContain("16 x 16 tokens and windows of 3 x 3");
});

test("what only other Swin Transformers have is refused by name", async () => {
  const refused = async (name: string) =>
    (await expectCode("UNSUPPORTED_TENSOR", () => identifyModel(extended(golden.any, { [name]: [3] })))).what;
  expect(await refused("layers.0.blocks.0.attn.logit_scale")).toContain("Swin V2's cosine attention");
  expect(await refused("absolute_pos_embed")).toContain("absolute positions beside windows");
  expect(await refused("layers.0.blocks.0.attn.q_norm.weight")).toContain("normalised queries and keys");
});
