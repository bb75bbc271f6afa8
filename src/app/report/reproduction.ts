import type { ModelCard } from "../../models/config.ts";
import type { ExecutorName, QuantizeRequest } from "../../runner/comparison.ts";

/** What was asked for, and what computed it: calibrated elsewhere, codes at a border fall otherwise. */
export interface Run {
  readonly request: QuantizeRequest;
  readonly executor: ExecutorName;
}

/** What the run stood on, as far as a command line must know. */
export interface RunInputs {
  readonly isSample: boolean;
  /** Names of the model's files as they were given. */
  readonly modelFiles: readonly string[];
  readonly card: ModelCard;
  /** Chosen instead of the model's own; null where nothing was. */
  readonly preprocessing: string | null;
}

export const MANIFEST_NAME = "vitrine-manifest.json";
export const RECIPE_NAME = "vitrine-recipe.json";
export const LAYER_BITS_NAME = "layer-bits.json";

/**
 * The command that makes the same comparison without the page. Which images calibrate and are judged is in the manifest that is downloaded beside it;
 * the browser never tells where files lie, so their folders have to be put in.
 */
export function reproductionCommand({ request, executor }: Run, { isSample, modelFiles, card, preprocessing }: RunInputs): string {
  const model = isSample ? "public/sample" : quote(modelPath(modelFiles));
  const args = [`--model ${model}`, ...(isSample ? [] : ["--images IMAGES_FOLDER"]), `--manifest ${MANIFEST_NAME}`];
  if (!isSample && card.quantization === undefined && card.assumed.includes("numHeads")) args.push(`--heads ${card.config.numHeads}`);
  if (preprocessing !== null) args.push(`--preprocessing ${quote(preprocessing)}`);
  if (card.quantization === undefined) {
    args.push(`--recipe ${quote(request.recipe)}`, `--weights ${request.weightBits}`, `--activations ${request.activationBits}`);
    if (request.attentionBits !== undefined) args.push(`--attention ${request.attentionBits}`);
    args.push(`--levels ${request.levels}`);
    if (request.layerBits !== undefined) args.push(`--layer-bits ${LAYER_BITS_NAME}`);
    if (request.rules !== undefined && request.rules.length > 0) args.push(`--rules ${RECIPE_NAME}`);
  }
  if (executor === "cpu") args.push("--executor cpu");
  return `npm run lab -- compare ${args.join(" ")}`;
}

/** The folder where there are several files, the file itself where it is alone. */
function modelPath(files: readonly string[]): string {
  if (files.length === 1) return files[0] ?? "MODEL";
  const [first] = files;
  const folder = first?.slice(0, Math.max(0, first.lastIndexOf("/"))) ?? "";
  return folder === "" ? "MODEL_FOLDER" : folder;
}

/** As a POSIX shell reads it back. */
function quote(text: string): string {
  return /^[\w./@:=+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
