import { openModel, type OpenModel } from "../runner/open-model.ts";
import type { ExecutorName, QuantizeRequest } from "../runner/comparison.ts";
import { recipes } from "../quant/recipes/index.ts";
import type { Host, Options, OptionSpec } from "./host.ts";
import { choiceOption, numberOption } from "./parse-args.ts";

export const modelOptions: Readonly<Record<string, OptionSpec>> = {
  model: { value: "PATH", help: "model file, folder, or Vitrine package", required: true },
  heads: { value: "N", help: "number of attention heads, where no configuration tells it" },
};

export const recipeOptions: Readonly<Record<string, OptionSpec>> = {
  recipe: { value: "NAME", help: Object.keys(recipes).join(" or ") },
  weights: { value: "BITS", help: "weight bits, 2 to 8 (default 4)" },
  activations: { value: "BITS", help: "activation bits, 2 to 8 (default 4)" },
  levels: { value: "NAME", help: "strict (default) or as-published" },
  calibration: { value: "FILE", help: ".npy or .safetensors of normalised [N,3,H,W] f32" },
  "calibration-images": { value: "DIR", help: "image files instead" },
};

export const executorOption: OptionSpec = { value: "NAME", help: "integer (default), simulated or reference" };

export async function openModelOption(host: Host, options: Options): Promise<OpenModel> {
  const numHeads = numberOption(options, "heads", 1, 4096);
  return openModel(await host.open(options.model ?? ""), numHeads === undefined ? {} : { numHeads });
}

export function requestFrom(options: Options): QuantizeRequest {
  return {
    recipe: options.recipe ?? "repq-vit",
    weightBits: numberOption(options, "weights", 2, 8) ?? 4,
    activationBits: numberOption(options, "activations", 2, 8) ?? 4,
    levels: choiceOption(options, "levels", ["strict", "as-published"] as const, "strict"),
  };
}

export function executorFrom(options: Options): ExecutorName {
  return choiceOption(options, "executor", ["integer", "simulated", "reference"] as const, "integer");
}
