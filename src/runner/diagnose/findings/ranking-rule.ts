import type { LayerBits } from "../../../quant/bits.ts";
import type { Ranking, RankedPart } from "../rank-parts.ts";
import { nats, percent, type Finding, type FindingRule } from "./finding.ts";

/** Part of the summed loss from which one layer or role is worth its own bits. */
const LARGE_SHARE = 0.25;
/** Nats; smaller losses are not worth a rule. */
const NEGLIGIBLE = 0.005;
const WIDE = 8;

/** Single layers and roles that cost most, quantized alone or left out. */
export const rankingRule: FindingRule = {
  ids: ["layer-dominates", "role-dominates", "block-dominates", "leaving-out-helps"],
  look: ({ rankings }) => rankings.flatMap((ranking) => (ranking.mode === "only" ? alone(ranking) : leftOut(ranking))),
};

function alone({ kind, parts }: Ranking): Finding[] {
  const [worst] = parts;
  const sum = parts.reduce((total, { distance }) => total + distance.klDivergence, 0);
  if (worst === undefined || worst.distance.klDivergence < NEGLIGIBLE || parts.length < 2) return [];
  const share = worst.distance.klDivergence / sum;
  if (share < LARGE_SHARE) return [];
  return [
    {
      id: `${kind}-dominates`,
      severity: share > 0.5 ? "high" : "medium",
      place: worst.nodes[0],
      sentence: `${worst.name} quantized alone costs ${nats(worst.distance.klDivergence)} nats, ${percent(share)} of what all ${parts.length} ${kind}s cost one by one.`,
      advice: `Eight bits for ${kind === "role" ? "these layers" : "it"} cost little memory where ${kind === "layer" ? "it is one of many" : "they are a part of the model"}.`,
      change: { label: `8 bits for ${worst.name}`, request: { layerBits: wide(worst) } },
    },
  ];
}

function leftOut({ kind, parts, start }: Ranking): Finding[] {
  const [best] = parts;
  if (best === undefined || start.klDivergence < NEGLIGIBLE || parts.length < 2) return [];
  const gained = 1 - best.distance.klDivergence / start.klDivergence;
  if (gained < LARGE_SHARE) return [];
  return [
    {
      id: "leaving-out-helps",
      severity: gained > 0.5 ? "high" : "medium",
      place: best.nodes[0],
      sentence: `Leaving ${best.name} in float takes the loss from ${nats(start.klDivergence)} to ${nats(best.distance.klDivergence)} nats, ${percent(gained)} less.`,
      advice: `Eight bits for ${kind === "layer" ? "this layer" : "these layers"} are nearly as good as float.`,
      change: { label: `8 bits for ${best.name}`, request: { layerBits: wide(best) } },
    },
  ];
}

/** Products of attention have no weights. */
function wide({ nodes }: RankedPart): LayerBits {
  return Object.fromEntries(
    nodes.map((name) => [name, /\.matmul[12]$/.test(name) ? { activations: WIDE } : { weights: WIDE, activations: WIDE }]),
  );
}
