import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import { calibrate, type CalibrationReport } from "../quant/calibrate.ts";
import { isRecipeName, recipes } from "../quant/recipes/index.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Job } from "../tensor/progress.ts";
import type { QuantizeRequest } from "./comparison.ts";
import type { ImageSource } from "./image-source.ts";
import { createNodeRunner } from "./node-runner.ts";

export interface QuantizedModel {
  readonly graph: Graph;
  readonly request: QuantizeRequest;
  readonly report: CalibrationReport;
  readonly calibrationMs: number;
}

/** Calibrate on the GPU and apply the recipe. Takes the first images that the recipe wants. */
export async function quantizeModel(
  gpu: Gpu,
  graph: Graph,
  images: ImageSource,
  request: QuantizeRequest,
  job?: Job,
): Promise<QuantizedModel> {
  const { recipe: name, weightBits, activationBits, levels } = request;
  if (!isRecipeName(name)) {
    throw new InputError("RECIPE_UNKNOWN", {
      what: `There is no recipe named "${name}".`,
      why: `The recipes are ${Object.keys(recipes).join(", ")}.`,
      next: "Choose one of them.",
    });
  }
  const recipe = recipes[name];
  const startMs = performance.now();
  const calibration = await images.batch(0, Math.min(images.count, recipe.calibrationImages));
  const runNode = createNodeRunner(gpu);
  const { graph: quantized, report } = await calibrate({
    graph,
    images: calibration,
    recipe,
    weightBits,
    activationBits,
    levels,
    runNode,
    job,
  });
  return { graph: quantized, request, report, calibrationMs: performance.now() - startMs };
}
