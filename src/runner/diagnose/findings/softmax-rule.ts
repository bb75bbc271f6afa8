import { blocksText, isBaseline, nextBits, percent, USE_REPQ, type FindingRule, type RequestChange } from "./finding.ts";
import type { QuantizeRequest } from "../../comparison.ts";
import type { SoftmaxOccupancy } from "../softmax-occupancy.ts";

/** Decibels by which another scheme's levels must fit better, to be worth naming. */
const CLEARLY_BETTER_DB = 3;

/** Levels of attention probabilities that no probability takes. */
export const softmaxRule: FindingRule = {
  ids: ["softmax-levels-wasted", "softmax-zeroed"],
  look({ observations, request }) {
    const places = observations?.softmax ?? [];
    const wasted = places.filter(isWasted).toSorted((a, b) => gainOf(b) - gainOf(a));
    const [worst] = wasted;
    const { current } = worst ?? {};
    if (current) {
      const best = bestOther(worst);
      return [
        {
          id: "softmax-levels-wasted",
          severity: wasted.length > places.length / 2 ? "high" : "medium",
          place: worst.name,
          sentence: `Attention probabilities of ${blocksText(wasted.map(({ block }) => block))} use ${current.used} of ${current.codebook.decode.length} ${current.scheme} levels (as good as ${current.effective.toFixed(1)} used equally); ${percent(current.zeroed)} of them become 0.`,
          advice: `${best.scheme} levels fit ${gainOf(worst).toFixed(0)} dB better at as many bits: ${best.used} of ${best.codebook.decode.length} are used, because most probabilities are small.`,
          change: isBaseline(request) ? { ...USE_REPQ, label: `Use ${best.scheme} levels (RepQ-ViT)` } : widerAttention(request),
        },
      ];
    }
    const zeroed = places.filter(({ current: use }) => use !== null && use.zeroed > 0.5);
    if (zeroed.length === 0) return [];
    const largest = zeroed.reduce((a, b) => ((a.current?.zeroed ?? 0) >= (b.current?.zeroed ?? 0) ? a : b));
    return [
      {
        id: "softmax-zeroed",
        severity: "low",
        place: largest.name,
        sentence: `${percent(largest.current?.zeroed ?? 0)} of the attention probabilities of block ${largest.block} become 0, more than half in ${zeroed.length} of ${places.length} blocks.`,
        advice: "Small probabilities add up over many tokens. Another bit for attention keeps more of them.",
        change: widerAttention(request),
      },
    ];
  },
};

function bestOther({ others }: SoftmaxOccupancy): SoftmaxOccupancy["others"][number] {
  return others.reduce((a, b) => (b.sqnrDb > a.sqnrDb ? b : a));
}

function gainOf(place: SoftmaxOccupancy): number {
  return place.current === null || place.others.length === 0 ? 0 : bestOther(place).sqnrDb - place.current.sqnrDb;
}

function isWasted(place: SoftmaxOccupancy): boolean {
  const { current } = place;
  return current !== null && current.effective < current.codebook.decode.length / 2 && gainOf(place) > CLEARLY_BETTER_DB;
}

function widerAttention({ attentionBits, activationBits }: QuantizeRequest): RequestChange | null {
  const bits = nextBits(attentionBits ?? activationBits);
  return bits === null ? null : { label: `Use ${bits}-bit attention`, request: { attentionBits: bits } };
}
