import { expect, test } from "vitest";
import { belongingTo } from "./model-files.ts";

const folder = [
  "config.json",
  "preprocessor_config.json",
  "README.md",
  "a.safetensors",
  "m-00001-of-00002.safetensors",
  "m-00002-of-00002.safetensors",
  "m.safetensors.index.json",
];

test("a single file brings its configurations, not its neighbours", () => {
  expect(belongingTo("a.safetensors", folder)).toEqual(["config.json", "preprocessor_config.json"]);
});

test("a shard brings its siblings and index, an index its shards", () => {
  expect(belongingTo("m-00001-of-00002.safetensors", folder)).toEqual([
    "config.json",
    "preprocessor_config.json",
    "m-00002-of-00002.safetensors",
    "m.safetensors.index.json",
  ]);
  expect(belongingTo("m.safetensors.index.json", folder)).toContain("m-00002-of-00002.safetensors");
});
