/** What a recipe with its rules will take, before it runs. */
import type { LayerRule } from "../../quant/rules/layer-rule.ts";
import { siteSetting, type RecipeSite } from "../../quant/rules/recipe-site.ts";
import type { QuantizeRequest } from "../comparison.ts";

export interface RecipeCost {
  /** As `packageBytes` counts it, but for what steps add or fold away: some scales and biases, well below a percent of a model. */
  readonly quantizedBytes: number;
  /** As `effectiveBits` counts it, exactly; a recipe that allocates bits itself keeps to these on average. */
  readonly effectiveBits: { readonly weights: number; readonly activations: number };
}

const F32_BYTES = 4;
const F32_BITS = 32;

/** `floatBytes`: all parameters in f32. Pure and quick: the page asks at every stroke of a brush. */
export function estimateCost(sites: readonly RecipeSite[], floatBytes: number, request: QuantizeRequest): RecipeCost {
  const { rules = [] } = request;
  let quantizedBytes = floatBytes;
  const sums = { weights: { bits: 0, count: 0 }, activations: { bits: 0, count: 0 } };
  for (const site of sites) {
    const setting = settingFor(site, request, rules);
    const bits = setting?.bits ?? F32_BITS;
    if (site.isGemm) {
      const sum = sums[site.site === "weight" ? "weights" : "activations"];
      sum.bits += bits * site.count;
      sum.count += site.count;
    }
    if (setting === null) continue;
    // What is per column is folded into the neighbours and leaves one quantizer.
    const entries = setting.granularity === "per column" && site.site === "input" ? 1 : (site.entries[setting.granularity] ?? 1);
    const numbers = setting.scheme === "uniform" ? 2 : 1;
    quantizedBytes += F32_BYTES * entries * numbers;
    if (site.site === "weight") quantizedBytes += Math.ceil((site.count * bits) / 8) - F32_BYTES * site.count;
  }
  return {
    quantizedBytes,
    effectiveBits: { weights: sums.weights.bits / sums.weights.count, activations: sums.activations.bits / sums.activations.count },
  };
}

function settingFor(site: RecipeSite, { weightBits, activationBits, attentionBits }: QuantizeRequest, rules: readonly LayerRule[]) {
  return siteSetting(site, { weights: weightBits, activations: activationBits, attention: attentionBits }, rules);
}
