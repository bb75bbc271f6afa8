import type { Graph } from "../graph/graph.ts";
import { calibrateAll } from "../quant/calibrate.ts";
import type { CalibrationInputs, CalibrationReport } from "../quant/calibration-task.ts";
import { refuseRowSteps, refuseUnsuitable } from "../quant/calibration-limits.ts";
import { isRecipeName, recipes } from "../quant/recipes/index.ts";
import type { Recipe } from "../quant/recipes/recipe.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Job } from "../tensor/progress.ts";
import type { QuantizeRequest } from "./comparison.ts";
import type { ImageSource } from "./image-source.ts";

export interface QuantizedModel {
  readonly graph: Graph;
  /** As given, with the bits by layer that the recipe allocated: the same request again gives the same model. */
  readonly request: QuantizeRequest;
  readonly report: CalibrationReport;
  readonly calibrationMs: number;
}

/**
 * Calibrate and apply the recipe, for several requests on the same model and images in one walk; takes the first images that the recipes want.
 * `calibrationMs` of each is the time of the walk.
 */
export async function quantizeModels(
  runNode: CalibrationInputs["runNode"],
  graph: Graph,
  images: ImageSource,
  requests: readonly QuantizeRequest[],
  job?: Job,
): Promise<QuantizedModel[]> {
  const startMs = performance.now();
  const tasks = requests.map((request) => ({ ...request, recipe: recipeNamed(request.recipe) }));
  for (const { recipe } of tasks) {
    refuseUnsuitable(recipe, graph);
    refuseRowSteps(recipe, graph);
  }
  const wanted = Math.max(...tasks.map(({ recipe }) => recipe.calibrationImages));
  const calibration = await images.batch(0, Math.min(images.count, wanted));
  const results = await calibrateAll({ graph, images: calibration, runNode, job }, tasks);
  const calibrationMs = performance.now() - startMs;
  return results.map(({ graph: quantized, report }, i) => {
    const { layerBits } = report;
    return { graph: quantized, request: layerBits ? { ...requests[i], layerBits } : requests[i], report, calibrationMs };
  });
}

export function recipeNamed(name: string): Recipe {
  if (isRecipeName(name)) return recipes[name];
  throw new InputError("RECIPE_UNKNOWN", {
    what: `There is no recipe named "${name}".`,
    why: `The recipes are ${Object.keys(recipes).join(", ")}.`,
    next: "Choose one of them.",
  });
}
