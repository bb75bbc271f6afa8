import { blockPrefix } from "../../../graph/blocks.ts";
import type { TokenChannelMap } from "../residual-stream.ts";
import type { Finding, FindingRule } from "./finding.ts";

/** Massive activations and outlier channels of the residual stream. */
export const residualRule: FindingRule = {
  ids: ["massive-activations", "outlier-channels"],
  look({ observations }) {
    const maps = observations?.maps ?? [];
    const findings: Finding[] = [];
    const first = maps.find(({ massive }) => massive > 0);
    if (first !== undefined) {
      const [top] = first.outliers;
      const layer = `${blockPrefix(first.name)}mlp.fc2`;
      findings.push({
        id: "massive-activations",
        severity: "high",
        place: first.name,
        sentence: `From block ${first.block} on, ${countOf(first.massive, "value")} in the residual stream ${first.massive === 1 ? "is" : "are"} massive: token ${top.token}, channel ${top.channel} holds ${top.value.toFixed(0)}, ${top.timesMedian.toFixed(0)} times the median.`,
        advice: `${layer} writes them. Keep it at 8 bits: an error there is multiplied by their size.`,
        change: { label: `8 bits for ${layer}`, request: { layerBits: { [layer]: { weights: 8, activations: 8 } } } },
      });
    }
    const last = maps.findLast(({ outlierChannels }) => outlierChannels.length > 0);
    if (first === undefined && last !== undefined) {
      findings.push({
        id: "outlier-channels",
        severity: "low",
        place: last.name,
        sentence: `${countOf(last.outlierChannels.length, "channel")} of the residual stream ${last.outlierChannels.length === 1 ? "is" : "are"} more than six times as large as the median channel after block ${last.block}: ${channelsText(last)}.`,
        advice:
          "They set the ranges behind the LayerNorms. Methods that reparameterize take care of them; coarse ranges per tensor do not.",
        change: null,
      });
    }
    return findings;
  },
};

function channelsText({ outlierChannels }: TokenChannelMap): string {
  return outlierChannels
    .slice(0, 4)
    .map(({ channel, timesMedian }) => `${channel} (${timesMedian.toFixed(0)}x)`)
    .join(", ");
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
