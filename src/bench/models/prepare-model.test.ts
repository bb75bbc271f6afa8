import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import { randomVit } from "../../models/random-vit.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { openModel } from "../../runner/open-model.ts";
import { expectCode } from "../../testing/expect-code.ts";
import { relativeError } from "../agreement.ts";
import { scenarioNamed } from "../scenarios.ts";
import { benchPixels } from "./bench-pixels.ts";
import type { ModelManifest } from "./manifest.ts";
import { prepareModel, type PrepareOptions } from "./prepare-model.ts";
import { readManifest, readReference } from "./prepared-files.ts";

let root = "";
let manifest: ModelManifest;
const options = (): PrepareOptions => ({
  root,
  recipe: "repq-vit",
  images: 2,
  forms: { ours: new Set(["float", "w8a8", "w4a4"]), onnx: new Set(["float", "int8", "dynamic", "int4"]) },
});

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "vitrine-bench-"));
  manifest = await prepareModel({ scenario: "small" }, options());
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const sourceOf = (path: string) => fromBytes(new Uint8Array(readFileSync(join(root, "small", path))), path);

test("every form is there, and says what it is", () => {
  expect(readManifest(root, "small")).toEqual(manifest);
  expect(manifest).toMatchObject({ key: "small", inputShape: [3, 32, 32], classes: 10, absent: {}, weights: "seeded random weights" });
  expect(Object.keys(manifest.onnx).sort()).toEqual(["dynamic", "float", "int4", "int8"]);
  expect(Object.keys(manifest.ours).sort()).toEqual(["float", "w4a4", "w8a8"]);
});

test("the safetensors are the graph's own numbers: the same logits to the bit", async () => {
  const model = await openModel((manifest.ours.float ?? []).map(sourceOf));
  const pixels = benchPixels(1, manifest.inputShape);
  const fromFiles = runGraph(await model.build(), pixels).output.data;
  expect(fromFiles).toEqual(runGraph(randomVit(scenarioNamed("small")), pixels).output.data);
});

test("the reference, from the ONNX file, is what our float64 reference gives for the same images", () => {
  const logits = readReference(root, "small");
  const ours = runGraph(randomVit(scenarioNamed("small")), benchPixels(2, manifest.inputShape)).output.data;
  expect(manifest.reference).toEqual({ by: "onnxruntime-node on the CPU, float", images: 2 });
  expect(relativeError(logits, ours)).toBeLessThan(1e-5);
});

test("the packages are quantized as asked", async () => {
  for (const [form, bits] of [
    ["w8a8", 8],
    ["w4a4", 4],
  ] as const) {
    const { quantization } = await openModel((manifest.ours[form] ?? []).map(sourceOf));
    expect(quantization).toMatchObject({ recipe: "repq-vit", weightBits: bits, activationBits: bits });
  }
});

test("a model's folder gives the same files; a package is refused, and so is a folder that is not there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-model-"));
  try {
    for (const path of manifest.ours.float ?? []) {
      writeFileSync(join(folder, path.replace("vitrine/", "")), readFileSync(join(root, "small", path)));
    }
    const copy = await prepareModel({ folder }, { ...options(), forms: { ours: new Set(["float"]), onnx: new Set(["float"]) } });
    expect(readFileSync(join(root, copy.key, "onnx/model.onnx"))).toHaveLength(readFileSync(join(root, "small/onnx/model.onnx")).length);
    expect(readReference(root, copy.key)).toEqual(readReference(root, "small"));
    await expectCode("BENCH_MODEL", () => prepareModel({ folder: join(root, "small/w4a4") }, options()));
    await expectCode("FILE_NOT_FOUND", () => prepareModel({ folder: join(folder, "nowhere") }, options()));
    await expectCode("SCENARIO_UNKNOWN", () => prepareModel({ scenario: "gpt" }, options()));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
