import { expect, it } from "vitest";
import { tarOf } from "../../testing/tar.ts";
import { modelChoices } from "./model-choices.ts";

const file = (path: string, content: BlobPart = path) => ({ path, blob: new Blob([content]) });
const index = JSON.stringify({ weight_map: { a: "model-00001-of-00002.safetensors", b: "model-00002-of-00002.safetensors" } });

it("parts a drop into its models, each with what belongs to no other", async () => {
  const choices = await modelChoices([
    file("preprocessor_config.json", "{}"),
    file("a/model.safetensors"),
    file("a/config.json", "{}"),
    file("b/model.safetensors.index.json", index),
    file("b/model-00001-of-00002.safetensors"),
    file("b/model-00002-of-00002.safetensors"),
    file("c/ema-00001-of-00001.safetensors"),
  ]);
  expect(choices.map(({ name, files }) => [name, ...files.map(({ path }) => path)])).toEqual([
    ["a/model.safetensors", "preprocessor_config.json", "a/model.safetensors", "a/config.json"],
    [
      "b/model.safetensors.index.json",
      "preprocessor_config.json",
      "b/model.safetensors.index.json",
      "b/model-00001-of-00002.safetensors",
      "b/model-00002-of-00002.safetensors",
    ],
    ["c/ema-00001-of-00001.safetensors", "preprocessor_config.json", "c/ema-00001-of-00001.safetensors"],
  ]);
});

it("offers nothing inside an archive", async () => {
  const archive = tarOf({ "a.safetensors": "x", "b.safetensors": "y" });
  expect(await modelChoices([file("two.tar", archive)])).toEqual([]);
});
