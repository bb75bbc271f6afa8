import { expect, test } from "vitest";
import type { JsonObject } from "../../formats/json.ts";
import type { ModelFiles } from "../../formats/open-model.ts";
import type { TensorStore } from "../../formats/tensor-store.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { packedModel } from "../../testing/golden-models.ts";
import { identifyModel } from "../index.ts";
import { unpackWeights } from "./index.ts";

async function changed(name: string, weights: (store: TensorStore) => Partial<TensorStore>, config: JsonObject = {}): Promise<ModelFiles> {
  const { any } = await packedModel(name);
  return { ...any, config: { ...any.config, ...config }, weights: { ...any.weights, ...weights(any.weights) } };
}

/** The store with another shape of one tensor. */
const reshaped = (suffix: string, shape: readonly number[]) => (store: TensorStore) => ({
  shape: (name: string) => (name.endsWith(suffix) ? shape : store.shape(name)),
});

test.each([
  ["gptq-4bit", ".qzeros", [2, 11]],
  ["awq", ".qzeros", [2, 7]],
  ["ct-4bit-group", ".weight_packed", [32, 3]],
  ["ct-int8-static", ".query.weight", [1024]],
] as const)("%s: parts that do not fit are refused with the layer's name", async (name, suffix, shape) => {
  const error = await expectCode("PACKED_INVALID", async () => unpackWeights(await changed(name, reshaped(suffix, shape))));
  expect(error.what).toMatch(/att/);
});

test("a group that does not exist is refused when the weight is read", async () => {
  const files = await changed("gptq-4bit", (store) => ({
    readIntegers: async (name) => {
      const stored = await store.readIntegers(name);
      return name.endsWith("g_idx") ? { dtype: "i32", shape: stored.shape, data: new Int32Array(stored.data.length).fill(2) } : stored;
    },
  }));
  const model = identifyModel(await unpackWeights(files));
  await expectCode("PACKED_INVALID", () => model.build());
});

test("layouts that are not read are refused by name", async () => {
  const files = await changed(
    "awq",
    (store) => ({ names: [...store.names.filter((name) => !/\.(q|scales)/.test(name)), "blocks.0.mlp.fc1.weight.absmax"] }),
    { quantization_config: { quant_method: "bitsandbytes" } },
  );
  const error = await expectCode("PACKED_UNSUPPORTED", () => unpackWeights(files));
  expect(error.what).toContain("bitsandbytes");
});

test("what is assumed or left out of a packed model is said", async () => {
  const silent = await changed("gptq-4bit", () => ({}), { quantization_config: { quant_method: "gptq", bits: 4 } });
  expect(identifyModel(await unpackWeights(silent)).notes.join()).toContain("version 1");
  const group = { targets: ["Linear"], weights: { num_bits: 6 }, input_activations: { num_bits: 8, dynamic: true } };
  const dynamic = await changed("ct-6bit-channel", () => ({}), { quantization_config: { config_groups: { group_0: group } } });
  expect(identifyModel(await unpackWeights(dynamic)).notes.join()).toContain("run time");
});
