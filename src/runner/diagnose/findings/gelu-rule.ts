import { blocksText, isBaseline, nextBits, percent, USE_REPQ, type Finding, type FindingRule } from "./finding.ts";

/** Where the range goes several times beyond nearly all values, a few outliers take the levels. */
const FAR = 3;

/** GELU: nearly everything lies in [-0.17, 0], the levels lie elsewhere. */
export const geluRule: FindingRule = {
  ids: ["gelu-negative-starved", "gelu-range-outliers"],
  look({ observations, request }) {
    const places = observations?.gelu ?? [];
    const findings: Finding[] = [];
    const starved = places.filter(({ use, negativeShare, negativeLevels }) => use !== null && negativeShare > 0.5 && negativeLevels <= 1);
    const [first] = starved.toSorted((a, b) => b.negativeShare - a.negativeShare);
    const bits = nextBits(request.activationBits);
    if (first !== undefined) {
      findings.push({
        id: "gelu-negative-starved",
        severity: starved.length > places.length / 2 ? "medium" : "low",
        place: first.name,
        sentence: `${percent(first.negativeShare)} of the GELU outputs of ${blocksText(starved.map(({ block }) => block))} are negative, and ${first.negativeLevels === 0 ? "no level is" : "one level is"}.`,
        advice: "Between -0.17 and 0 everything becomes one value. More bits for the input of mlp.fc2 bring levels there.",
        change:
          bits === null
            ? null
            : {
                label: `${bits} bits for the input of ${starved.length === 1 ? first.name : "these mlp.fc2"}`,
                request: { layerBits: Object.fromEntries(starved.map(({ name }) => [name, { activations: bits }])) },
              },
      });
    }
    const far = places
      .filter(
        ({ use, high, percentile999 }) =>
          use !== null && largestLevel(use.codebook.decode) > FAR * percentile999 && high > FAR * percentile999,
      )
      .toSorted((a, b) => b.high / b.percentile999 - a.high / a.percentile999);
    const [farthest] = far;
    if (farthest !== undefined) {
      findings.push({
        id: "gelu-range-outliers",
        severity: "medium",
        place: farthest.name,
        sentence: `In ${blocksText(far.map(({ block }) => block))} one GELU output in a thousand takes most of the range: 99.9 % are below ${farthest.percentile999.toFixed(2)}, the largest is ${farthest.high.toFixed(2)}.`,
        advice: "Cut the range where the error is smallest (percentiles, mean squared error) instead of at the largest value.",
        change: isBaseline(request) && request.recipe === "min-max" ? USE_REPQ : null,
      });
    }
    return findings;
  },
};

function largestLevel(decode: Float32Array): number {
  return decode.reduce((a, b) => Math.max(a, b));
}
