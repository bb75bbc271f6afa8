import type { Graph } from "../../graph/graph.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { medianSpread, scaleSpreads } from "../../runner/data/scale-stability.ts";
import type { Engine } from "../../runner/engine.ts";
import { quantizeModels } from "../../runner/quantize-model.ts";
import type { Job } from "../../tensor/progress.ts";
import type { LabStability } from "./lab-api.ts";
import { heldSource, type HeldImage } from "./lab-images.ts";
import { levelSites } from "./level-sites.ts";

/** The recipe on the even and on the odd calibration images, and how far their scales are apart. */
export async function measureStability(
  { runNode }: Engine,
  float: Graph,
  calibration: readonly HeldImage[],
  preprocessing: Preprocessing,
  request: QuantizeRequest,
  job: Job,
): Promise<LabStability> {
  const halfCount = calibration.length >> 1;
  const half = (parity: number) => calibration.filter((_, i) => i % 2 === parity).slice(0, halfCount);
  const graphs: Graph[] = [];
  for (const parity of [0, 1]) {
    const source = heldSource(half(parity), preprocessing);
    graphs.push(...(await quantizeModels(runNode, float, source, [request], job)).map(({ graph }) => graph));
  }
  const [first, second] = graphs;
  const places = new Map(levelSites(first).map((site) => [site.id, site]));
  const sites = scaleSpreads(first, second).map((spread) => ({
    ...spread,
    block: places.get(spread.id)?.block ?? null,
    title: places.get(spread.id)?.title ?? spread.id,
  }));
  return { recipe: request.recipe, halfCount, sites, medianSpread: medianSpread(sites) };
}
