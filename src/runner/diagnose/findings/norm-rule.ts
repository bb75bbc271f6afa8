import { blocksText, isBaseline, nextBits, USE_REPQ, type FindingRule } from "./finding.ts";

/** A median channel with fewer than this part of the levels is starved. */
const STARVED = 0.3;

/** Channels behind a LayerNorm that get few levels because a few others are large. */
export const normRule: FindingRule = {
  ids: ["norm-channels-starved"],
  look({ observations, request }) {
    const starved = (observations?.ranges ?? [])
      .filter(({ levelsAfter, bits }) => levelsAfter < STARVED * 2 ** bits)
      .toSorted((a, b) => a.levelsAfter - b.levelsAfter);
    const [worst] = starved;
    if (worst === undefined) return [];
    const bits = nextBits(request.activationBits);
    const layers = Object.fromEntries(starved.map(({ name }) => [name, { activations: bits ?? request.activationBits }]));
    return [
      {
        id: "norm-channels-starved",
        severity: starved.length > (observations?.ranges.length ?? 0) / 2 ? "high" : "medium",
        place: worst.name,
        sentence: `Behind the LayerNorms of ${blocksText(starved.map(({ block }) => block))} half of the channels span at most ${worst.levelsAfter.toFixed(1)} of ${2 ** worst.bits} levels: the largest channel is ${worst.spreadAfter.toFixed(0)} times as wide as the median one.`,
        advice: isBaseline(request)
          ? "Reparameterize the LayerNorms: every channel gets its own range, folded into its neighbours, at no cost when the model runs."
          : "The ranges were equalized as far as this method does; more bits for these layers' inputs are what is left.",
        change: isBaseline(request)
          ? USE_REPQ
          : bits === null
            ? null
            : { label: `${bits} bits for these ${starved.length} inputs`, request: { layerBits: layers } },
      },
    ];
  },
};
