/**
 * Measured sensitivity of every layer: KL divergence of the logits of the float model from those with only this layer quantized, at each width. Model and
 * quantizers of a width come from one calibration in which every range is measured on the float model, as every layer is also judged alone.
 *
 * Costs W calibrations and, as what lies before a layer is computed once, W * (L / 2 + 1) forwards of the probe images for L layers and W widths. A ViT
 * of 12 blocks has 74 layers: with 5 widths and 16 images 190 forwards of 16 images.
 */
import { klDivergence } from "../../metrics/kl-divergence.ts";
import { partOf } from "../../tensor/progress.ts";
import { calibrate } from "../calibrate.ts";
import type { FloatModel, Recipe } from "../recipes/recipe.ts";
import { firstOf } from "../steps/sample-rows.ts";
import { layerCosts } from "./bit-costs.ts";
import { STORED_BITS } from "./layer-options.ts";
import { eachLayer, measureSensitivity, type SensitivityTable } from "./measure-sensitivity.ts";
import { createPartialRuns } from "./partial-runs.ts";

export const PROBE_IMAGES = 16;

/**
 * `recipe` says how a layer is quantized; "weights" leaves activations in float, and attention products, which have no weights, out; `candidates` are the
 * widths to measure.
 */
export async function layerSensitivity(
  model: FloatModel,
  recipe: Recipe,
  operands: "both" | "weights",
  candidates: readonly number[] = STORED_BITS,
): Promise<SensitivityTable> {
  const { graph, images, runNode, job } = model;
  const layers = layerCosts(graph).filter(({ parameters }) => operands === "both" || parameters > 0);
  const groups = eachLayer(
    layers.map(({ name }) => name),
    operands,
  );
  const probes = firstOf(images, PROBE_IMAGES);
  const { allocate: _uniform, ...alone } = { ...recipe, order: "parallel" as const };
  let table: SensitivityTable = {};
  for (const [index, bits] of candidates.entries()) {
    const calibration = partOf(job, 2 * index, 2 * candidates.length);
    const widths = { weightBits: bits, activationBits: bits, levels: "strict" as const };
    const quantized = await calibrate({ graph, images, runNode, recipe: alone, ...widths, job: calibration });
    const run = createPartialRuns({ graph: quantized.graph, images: probes, runNode, job });
    const reference = await run({});
    table = await measureSensitivity({
      groups,
      candidates: [bits],
      known: table,
      measure: async (assignment) => klDivergence.measure(reference, await run(assignment)),
      job: partOf(job, 2 * index + 1, 2 * candidates.length),
    });
  }
  return table;
}
