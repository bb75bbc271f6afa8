import type { ByteSource } from "../formats/byte-source.ts";
import { openEngine, type Engine } from "../runner/engine.ts";
import { printPreprocessing } from "../images/print-preprocessing.ts";
import { withPreprocessing } from "../runner/data/preprocessing-choice.ts";
import { modeOf } from "../runner/integer-obstacle.ts";
import { openModel, withoutQuantizers, type OpenModel } from "../runner/open-model.ts";
import type { FloatPrecision, PlanMode } from "../runner/plan.ts";
import type { ExecutorName, QuantizeRequest } from "../runner/comparison.ts";
import type { Graph } from "../graph/graph.ts";
import { checkLimits } from "../runner/check-limits.ts";
import { recipes } from "../quant/recipes/index.ts";
import type { Host, Options, OptionSpec } from "./host.ts";
import { unusualImages } from "./image-inputs.ts";
import { layerBitsOption, readLayerBits } from "./layer-bits.ts";
import { readRules, rulesOption } from "./rules-option.ts";
import { choiceOption, numberOption } from "./parse-args.ts";

export const modelOptions: Readonly<Record<string, OptionSpec>> = {
  model: { value: "PATH", help: "model file, folder, or Vitrine package", required: true },
  preprocessor: { value: "FILE", help: "a preprocessor_config.json to use instead of the model's" },
  preprocessing: {
    value: "TEXT",
    help: "instead of the model's, for example resize=shortest,size=256,filter=bicubic,colours=imagenet (or mean=,std=); what is left out stays the model's",
  },
  heads: { value: "N", help: "number of attention heads, where no configuration tells it" },
};

export const recipeOptions: Readonly<Record<string, OptionSpec>> = {
  recipe: { value: "NAME", help: Object.keys(recipes).join(" or ") },
  weights: { value: "BITS", help: "weight bits, 2 to 8 (default 4)" },
  activations: { value: "BITS", help: "activation bits, 2 to 8 (default 4)" },
  attention: { value: "BITS", help: "bits of attention probabilities (default: as activations)" },
  "layer-bits": layerBitsOption,
  rules: rulesOption,
  levels: { value: "NAME", help: "strict (default) or as-published" },
  calibration: { value: "FILE", help: ".npy or .safetensors of normalised [N,3,H,W] f32" },
  "calibration-images": { value: "DIR", help: "image files instead" },
  unusual: unusualImages,
};

export const executorOption: OptionSpec = {
  value: "NAME",
  help: "integer (default), simulated, reference, or cpu (WebAssembly, no adapter)",
};

export const precisionOption: OptionSpec = {
  value: "NAME",
  help: "f32, f16 (weights and activations stored in 16 bits), or quantized (the default for packages)",
};

/** With the kernels that were measured to be fastest on the adapter, where that was done. */
export function openHostEngine(host: Host, executor: ExecutorName): Promise<Engine> {
  return openEngine(
    () => host.gpu(),
    executor,
    (gpu) => host.tunings.load(gpu),
  );
}

export async function openModelOption(host: Host, options: Options): Promise<OpenModel> {
  const numHeads = numberOption(options, "heads", 1, 4096);
  const found = await host.open(options.model ?? "", true);
  const sources = options.preprocessor === undefined ? found : await withPreprocessor(host, found, options.preprocessor);
  const model = await openModel(sources, numHeads === undefined ? {} : { numHeads });
  if (options.preprocessing === undefined) return model;
  const chosen = withPreprocessing(model, options.preprocessing);
  const note = `The preprocessing was stated on the command line: ${printPreprocessing(chosen.card.preprocessing)}.`;
  return { ...chosen, notes: [...model.notes, note] };
}

/** The model's files with another preprocessor_config.json, beside the weights. */
async function withPreprocessor(host: Host, files: readonly ByteSource[], path: string): Promise<readonly ByteSource[]> {
  const [replacement] = await host.open(path);
  const others = files.filter(({ name }) => !name.endsWith("preprocessor_config.json"));
  const weights = others.find(({ name }) => /\.(safetensors|onnx)$/.test(name))?.name ?? "";
  const name = `${weights.slice(0, weights.lastIndexOf("/") + 1)}preprocessor_config.json`;
  return [...others, { ...replacement, name }];
}

/** Read the weights, after checking that the adapter, where there is one, can hold them. */
export async function buildModel(model: OpenModel, host: Host, executor: ExecutorName = "integer"): Promise<Graph> {
  if (executor !== "cpu") checkLimits(await host.gpu(), model.card);
  return model.build(host.job);
}

export function precisionFrom(model: OpenModel, options: Options): FloatPrecision | "quantized" {
  return choiceOption(options, "precision", ["f32", "f16", "quantized"] as const, model.quantization ? "quantized" : "f32");
}

/** The model at the precision asked for, and how that runs on the GPU. */
export async function buildPrecision(
  model: OpenModel,
  host: Host,
  options: Options,
): Promise<{ graph: Graph; mode: PlanMode; precision?: FloatPrecision }> {
  const precision = precisionFrom(model, options);
  const built = await buildModel(model, host);
  return precision === "quantized" ? { graph: built, mode: modeOf(built) } : { graph: withoutQuantizers(built), mode: "float", precision };
}

export async function requestFrom(host: Host, options: Options): Promise<QuantizeRequest> {
  const layerBits = await readLayerBits(host, options);
  const file = await readRules(host, options);
  const attentionBits = numberOption(options, "attention", 2, 8) ?? file?.bits?.attention;
  return {
    recipe: options.recipe ?? file?.preset ?? "repq-vit",
    weightBits: numberOption(options, "weights", 2, 8) ?? file?.bits?.weights ?? 4,
    activationBits: numberOption(options, "activations", 2, 8) ?? file?.bits?.activations ?? 4,
    ...(attentionBits === undefined ? {} : { attentionBits }),
    ...(layerBits === undefined ? {} : { layerBits }),
    ...(file === undefined || file.rules.length === 0 ? {} : { rules: file.rules }),
    levels: choiceOption(options, "levels", ["strict", "as-published"] as const, file?.levels ?? "strict"),
  };
}

export function executorFrom(options: Options): ExecutorName {
  return choiceOption(options, "executor", ["integer", "simulated", "reference", "cpu"] as const, "integer");
}
