/** Models in other code bases' names give the logits that those code bases give (tools/goldens/dialects.py). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import { openModelFiles } from "../../formats/open-model.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { tensor } from "../../tensor/tensor.ts";
import { textSource } from "../../testing/raw-files.ts";
import { identifyModel } from "../index.ts";

const folder = new URL("goldens/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("torchvision.json", folder), "utf8")) as { images: number[]; logits: number[] };

const file = (name: string) => fromBytes(new Uint8Array(readFileSync(new URL(name, folder))), name);

test.each([
  ["torchvision.pth", '{"num_heads": 3}', []],
  // The JAX layout tells the number of heads by itself.
  ["jax.npz", "{}", []],
] as const)("%s", async (name, config, assumed) => {
  const files = await openModelFiles([file(name), textSource(config, "config.json")]);
  const { card, notes, build } = identifyModel(files);
  expect(card.config).toMatchObject({ imageSize: [8, 8], patchSize: 4, depth: 2, numHeads: 3, epsilon: 1e-6, numClasses: 5 });
  expect(card.assumed.filter((field) => field !== "preprocessing" && field !== "pooling")).toEqual(assumed);
  expect(notes.join(" ")).toMatch(/tensor names are those of/);
  const { output } = runGraph(await build(), tensor([2, 3, 8, 8], Float32Array.from(golden.images)));
  golden.logits.forEach((value, i) => expect(output.data[i]).toBeCloseTo(value, 4));
});
