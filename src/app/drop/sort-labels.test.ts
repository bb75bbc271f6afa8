import { expect, it } from "vitest";
import { completeImages, sortFiles } from "./sort-files.ts";
import { sortLabels } from "./sort-labels.ts";

const sort = (files: Readonly<Record<string, string>>) =>
  sortLabels(sortFiles(Object.entries(files).map(([path, text]) => ({ path, blob: new Blob([text]) }))));

it("hands JSON with labels of pictures to the images, and configurations to the model", async () => {
  const sorted = await sort({
    "a.png": "x",
    "truth.json": '{"a.png": 3}',
    "config.json": "{}",
    "model.safetensors": "x",
    "notes.json": "[1]",
  });
  expect(sorted.images.map(({ path }) => path)).toEqual(["a.png", "truth.json"]);
  expect(sorted.model.map(({ path }) => path)).toEqual(["config.json", "model.safetensors", "notes.json"]);
});

it("labels that come alone belong to the pictures already there, in every form", async () => {
  const earlier = [{ path: "a.png", blob: new Blob() }, { path: "old.csv", blob: new Blob() }]; // prettier-ignore
  for (const [path, text] of [
    ["new.json", '[{"file": "a.png", "y": 1}]'],
    ["new.tsv", "file\ty"],
    ["metadata.jsonl", "{}"],
  ]) {
    const { images, model } = await sort({ [path ?? ""]: text ?? "" });
    expect(model).toEqual([]);
    expect(completeImages(earlier, images).map((file) => file.path)).toEqual(["a.png", path]);
  }
});
