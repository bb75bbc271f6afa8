/**
 * Chooses the codebook of attention probabilities by what it does to the product: the candidate with the smallest ||P^ V^ - P V||^2 on a few images
 * (AdaLog's objective for its base; here over any schemes). Candidates are first ranked by the error of the probabilities themselves, and only the
 * best `kept` of each scheme are multiplied out.
 */
import type { Tensor } from "../../tensor/tensor.ts";
import { rankFits } from "../observers/rank-fits.ts";
import { quantizerOf } from "../observers/squared-error.ts";
import { schemeOf, schemes, type SchemeName } from "../schemes/index.ts";
import { mapSite } from "../sites.ts";
import { firstOf, squaredDistance } from "./sample-rows.ts";
import type { LayerStep } from "./step.ts";

export interface ProbabilitySearch {
  readonly schemes: readonly SchemeName[];
  /** Images that the products are judged on. */
  readonly images: number;
  /** Candidates of each scheme that are multiplied out. */
  readonly kept: number;
}

export function searchProbabilities({ schemes: names, images, kept }: ProbabilitySearch): LayerStep {
  return {
    stage: "choosing codebooks of attention probabilities",
    accepts: ({ site }) => site !== "probabilities",
    async run(layer, { levels, runNode }) {
      const { node } = layer;
      const chosen = node.quantizers?.probabilities;
      if (node.op !== "AttentionOutput" || !chosen) return layer;
      const inputs = layer.inputs.map((input) => firstOf(input, images));
      const target = await runNode(
        bare(layer.float.node),
        layer.float.inputs.map((input) => firstOf(input, images)),
      );
      const value = node.quantizers?.value;
      const read = value ? mapSite(node, inputs, "value", (x) => schemeOf(value).fakeQuantize(x, value)).inputs : inputs;
      const candidates = names.flatMap((name) =>
        rankFits(inputs[0].data, { scheme: schemes[name], bits: chosen.bits, levels }, kept).map((fit) =>
          quantizerOf(fit, { scheme: schemes[name], bits: chosen.bits, levels }),
        ),
      );
      let best = chosen;
      let bestError = Number.POSITIVE_INFINITY;
      for (const candidate of candidates) {
        const probabilities: Tensor = schemeOf(candidate).fakeQuantize(read[0], candidate);
        const error = squaredDistance(await runNode(bare(node), [probabilities, read[1]]), target);
        if (error < bestError) [best, bestError] = [candidate, error];
      }
      return { ...layer, node: { ...node, quantizers: { ...node.quantizers, probabilities: best } } };
    },
  };
}

function bare<T extends { quantizers?: unknown }>({ quantizers: _quantizers, ...node }: T): Omit<T, "quantizers"> {
  return node;
}
