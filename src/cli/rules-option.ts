import { parseRecipe, type RecipeDocument } from "../runner/rules/recipe-document.ts";
import type { Host, Options, OptionSpec } from "./host.ts";
import { single } from "./image-inputs.ts";

export const rulesOption: OptionSpec = {
  value: "FILE",
  help: "a recipe as the page saves it: rules over layers and roles, and defaults for method and bits",
};

/** Undefined without the option. Whether the model and the recipe can follow the rules is checked before calibration. */
export async function readRules(host: Host, options: Options): Promise<RecipeDocument | undefined> {
  if (options.rules === undefined) return undefined;
  const file = await single(host, options.rules);
  return parseRecipe(new TextDecoder().decode(await file.slice(0, file.byteLength)), options.rules);
}
