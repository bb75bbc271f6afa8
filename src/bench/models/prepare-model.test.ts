import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBytes } from "../../formats/byte-source.ts";
import { openWeights } from "../../formats/weight-formats.ts";
import { randomVit } from "../../models/random-vit.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { exportModel } from "../../runner/export/index.ts";
import { openModel } from "../../runner/open-model.ts";
import { exportedProgram, programPayload } from "../../testing/exported-program.ts";
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
    await expectCode("BENCH_MODEL", () => prepareModel({ folder: join(folder, "config.json") }, options()));
    await expectCode("FILE_NOT_FOUND", () => prepareModel({ folder: join(folder, "nowhere") }, options()));
    await expectCode("SCENARIO_UNKNOWN", () => prepareModel({ scenario: "gpt" }, options()));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The small model as torch.export writes it. */
async function program(): Promise<Uint8Array<ArrayBuffer>> {
  const [weights] = (manifest.ours.float ?? []).filter((path) => path.endsWith(".safetensors"));
  const store = await openWeights(sourceOf(weights));
  const config: Record<string, object> = {};
  const storages: Record<string, Uint8Array> = {};
  for (const [i, name] of store.names.entries()) {
    const { data } = await store.read(name);
    config[name] = programPayload(`weight_${i}`, store.shape(name));
    storages[`weight_${i}`] = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const source = exportedProgram(config, storages);
  return source.slice(0, source.byteLength);
}

/** The small model in our own ONNX export; the peers' file has operators for them alone. */
async function exported(): Promise<Uint8Array<ArrayBuffer>> {
  const { build, card } = await openModel((manifest.ours.float ?? []).map(sourceOf));
  const { files } = await exportModel("onnx", { graph: await build(), card, request: null });
  return files.find(({ name }) => name.endsWith(".onnx"))?.bytes ?? new Uint8Array();
}

test.each([
  ["ONNX", "net #1/model.onnx", exported],
  ["a program of PyTorch with its configuration", "vit.pt2", program],
] as const)("%s in a folder is a model too, and only what opening it takes is served", async (_form, name, bytesOf) => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-model-"));
  try {
    mkdirSync(join(folder, "net #1"));
    writeFileSync(join(folder, name), await bytesOf());
    writeFileSync(join(folder, "README.md"), "# A model");
    const configured = name.endsWith(".pt2");
    if (configured) writeFileSync(join(folder, "config.json"), readFileSync(join(root, "small/vitrine/config.json")));
    const copy = await prepareModel({ folder }, { ...options(), forms: { ours: new Set(["float", "w8a8"]), onnx: new Set(["float"]) } });
    expect(copy.ours.float).toEqual([...(configured ? ["vitrine/config.json"] : []), `vitrine/${name}`]);
    expect(copy.ours.w8a8).toEqual(["w8a8/model.safetensors"]);
    const sources = (copy.ours.float ?? []).map((path) => fromBytes(new Uint8Array(readFileSync(join(root, copy.key, path))), path));
    const served = await (await openModel(sources)).build();
    const pixels = benchPixels(1, manifest.inputShape);
    expect(relativeError(runGraph(served, pixels).output.data, readReference(root, "small").slice(0, 10))).toBeLessThan(1e-5);
    expect(relativeError(readReference(root, copy.key), readReference(root, "small"))).toBeLessThan(1e-5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
