/**
 * Writes everything that the contenders read, from one graph: our files and packages, ONNX in four forms, the configuration that transformers.js asks
 * for, and the logits of a CPU float reference. Node only.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fromBytes } from "../../formats/byte-source.ts";
import { outputName, type Graph } from "../../graph/graph.ts";
import type { ModelCard } from "../../models/config.ts";
import { randomVit } from "../../models/random-vit.ts";
import { openModel } from "../../runner/open-model.ts";
import { createWasmNodeRunner } from "../../runner/node-runner.ts";
import { tensorSource } from "../../runner/image-source.ts";
import { writePackage } from "../../runner/package.ts";
import { quantizeModels, type QuantizedModel } from "../../runner/quantize-model.ts";
import { InputError } from "../../tensor/input-error.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { includeZero } from "../onnx/include-zero.ts";
import { vitToOnnx } from "../onnx/vit-to-onnx.ts";
import { scenarioNamed } from "../scenarios.ts";
import { benchPixels } from "./bench-pixels.ts";
import { MANIFEST_FILE, REFERENCE_FILE, type ModelManifest, type OnnxFile, type OurForm } from "./manifest.ts";
import { readFolder } from "./model-folder.ts";
import { keyOf, type ModelChoice } from "./prepared-files.ts";
import { computeReference } from "./reference-logits.ts";
import { jsonBytes, timmFiles } from "./timm-files.ts";

/** transformers.js finds the float and the dynamic file by these names. */
const ONNX_PATHS: Readonly<Record<OnnxFile, string>> = {
  float: "onnx/model.onnx",
  dynamic: "onnx/model_quantized.onnx",
  int8: "onnx/model_static.onnx",
  int4: "onnx/model_blocks.onnx",
};
const CALIBRATION_SEED = 3;
const OURS = "vitrine";
const WIDTHS = [
  { form: "w8a8", bits: 8 },
  { form: "w4a4", bits: 4 },
] as const;

export interface PrepareOptions {
  /** Where the models' folders lie. */
  readonly root: string;
  /** Of our packages. */
  readonly recipe: string;
  /** How many images the reference should cover. */
  readonly images: number;
  /** Forms that no contender reads are not written. */
  readonly forms: { readonly ours: ReadonlySet<OurForm>; readonly onnx: ReadonlySet<OnnxFile> };
}

export async function prepareModel(choice: ModelChoice, options: PrepareOptions): Promise<ModelManifest> {
  const key = keyOf(choice);
  const folder = join(options.root, key);
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  const { graph, card, files } = await openChoice(choice, folder, write);
  const absent: Record<string, string> = {};
  const { ours, int8 } = await writePackages(graph, card, files, options, write, absent);
  const onnx: Partial<Record<OnnxFile, string>> = {};
  for (const form of options.forms.onnx) {
    try {
      const source = form === "int8" ? int8 : graph;
      if (source === null) continue;
      write(ONNX_PATHS[form], vitToOnnx(source, form));
      onnx[form] = ONNX_PATHS[form];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      absent[`onnx ${form}`] = `${error.what} ${error.why}`;
    }
  }
  write("config.json", jsonBytes(transformersConfig(graph, card)));
  const classes = elementCount(graph.shapes[outputName(graph)]);
  const reference = await computeReference(graph, benchPixels(options.images, graph.inputShape), join(folder, ONNX_PATHS.float));
  write(REFERENCE_FILE, new Uint8Array(reference.logits.buffer, reference.logits.byteOffset, reference.logits.byteLength));
  const manifest: ModelManifest = {
    key,
    inputShape: graph.inputShape,
    classes,
    parameters: card.parameters,
    weights: choice.folder === undefined ? "seeded random weights" : `from ${key}`,
    ours,
    onnx,
    absent,
    reference: { by: reference.by, images: reference.logits.length / classes },
  };
  write(MANIFEST_FILE, jsonBytes(manifest));
  return manifest;
}

type Write = (path: string, bytes: Uint8Array) => void;

/** Everybody starts from the files, so that what was written is what runs. */
async function openChoice({ scenario = "", folder }: ModelChoice, target: string, write: Write) {
  if (folder === undefined) {
    const named = randomFiles(scenario);
    for (const { name, bytes } of named) write(`${OURS}/${name}`, bytes);
    const { build, card } = await openModel(named.map(({ name, bytes }) => fromBytes(bytes, name)));
    return { graph: await build(), card, files: named.map(({ name }) => `${OURS}/${name}`) };
  }
  const { sources, taken } = await readFolder(resolve(folder));
  const { quantization, build, card } = await openModel(sources);
  if (quantization !== null) {
    throw new InputError("BENCH_MODEL", {
      what: `"${folder}" is quantized already.`,
      why: "The benchmark starts from a float model and writes every precision from it.",
      next: "Name the folder of the float model.",
    });
  }
  const graph = await build();
  mkdirSync(target, { recursive: true });
  // A link instead of a copy: checkpoints are large.
  symlinkSync(resolve(folder), join(target, OURS), "junction");
  return { graph, card, files: taken().map((name) => `${OURS}/${name}`) };
}

function randomFiles(scenario: string) {
  const options = scenarioNamed(scenario);
  return timmFiles(randomVit(options), options);
}

/** One image calibrates: the quantizers must be plausible, not good. */
async function writePackages(
  graph: Graph,
  card: ModelCard,
  files: readonly string[],
  { recipe, forms }: PrepareOptions,
  write: Write,
  absent: Record<string, string>,
) {
  const ours: Partial<Record<OurForm, readonly string[]>> = { float: files };
  const images = tensorSource(benchPixels(1, graph.inputShape, CALIBRATION_SEED), graph.inputShape, "calibration");
  const widths = WIDTHS.filter(({ form }) => forms.ours.has(form));
  const requests = widths.map(({ bits }) => ({ recipe, levels: "strict" as const, weightBits: bits, activationBits: bits }));
  const minMax = { recipe: "min-max", levels: "strict" as const, weightBits: 8, activationBits: 8 };
  const all = [...requests, ...(forms.onnx.has("int8") ? [minMax] : [])];
  let models: QuantizedModel[] = [];
  try {
    if (all.length > 0) models = await quantizeModels(createWasmNodeRunner(), graph, images, all);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const form of ["w8a8", "w4a4", "onnx int8"]) absent[form] = `${error.what} ${error.why}`;
    return { ours, int8: null };
  }
  widths.forEach(({ form }, i) => {
    const path = `${form}/model.safetensors`;
    write(path, writePackage(models[i].graph, card, models[i].request));
    ours[form] = [path];
  });
  return { ours, int8: forms.onnx.has("int8") ? includeZero(models[widths.length].graph) : null };
}

/** What transformers.js reads before the ONNX file. */
function transformersConfig(graph: Graph, { config }: ModelCard) {
  return {
    architectures: ["ViTForImageClassification"],
    model_type: "vit",
    hidden_size: config.embedDim,
    num_hidden_layers: config.depth,
    num_attention_heads: config.numHeads,
    intermediate_size: config.mlpDim,
    image_size: graph.inputShape[1],
    patch_size: config.patchSize,
    num_channels: config.channels,
  };
}
