import {
  isBaseline,
  nats,
  nextBits,
  percent,
  solvesWeights,
  USE_REPQ,
  type Finding,
  type FindingRule,
  type RequestChange,
} from "./finding.ts";
import type { QuantizeRequest } from "../../comparison.ts";

/** One side is called the culprit when it alone costs this many times what the other costs. */
const DOMINATES = 2;
/** Nats; below this, logits are as good as equal. */
const NEGLIGIBLE = 0.002;

/** Is it the weights or the activations? */
export const splitRule: FindingRule = {
  ids: ["weights-dominate", "activations-dominate", "weights-already-rounded", "hardly-any-loss"],
  look({ split, request }) {
    if (split === null) return [];
    const [weights, activations, both, neither] = [split.weights, split.activations, split.both, split.neither].map((d) => d.klDivergence);
    const findings: Finding[] = [];
    const figures = `KL ${nats(weights)} nats with only weights rounded, ${nats(activations)} with only activations, ${nats(both)} with both`;
    if (both <= 5 * NEGLIGIBLE && split.both.agreement === 1) {
      findings.push({
        id: "hardly-any-loss",
        severity: "low",
        place: null,
        sentence: `Quantization hardly changes the model: ${figures}.`,
        advice: "Fewer bits may do as well: a sweep shows how far down they can go.",
        change: null,
      });
    } else if (weights > DOMINATES * activations && weights > NEGLIGIBLE) {
      findings.push({
        id: "weights-dominate",
        severity: "high",
        place: null,
        sentence: `Most is lost in the weights: ${figures}.`,
        advice: solvesWeights(request)
          ? "This method already rounds weights by what the layers read; what is left needs another bit."
          : "Round weights by what their layer reads (ERQ, GPTQ) instead of each to its nearest level, or give them another bit.",
        change: solvesWeights(request) ? widerWeights(request) : { label: "Use ERQ", request: { recipe: "erq" } },
      });
    } else if (activations > DOMINATES * weights && activations > NEGLIGIBLE) {
      findings.push({
        id: "activations-dominate",
        severity: "high",
        place: null,
        sentence: `Most is lost in the activations: ${figures}.`,
        advice: isBaseline(request)
          ? "Give every channel behind a LayerNorm its own range and attention its own levels, as RepQ-ViT does."
          : "Give activations another bit, or only the layers that the ranking below names.",
        change: isBaseline(request) ? USE_REPQ : widerActivations(request),
      });
    }
    if (neither > NEGLIGIBLE) {
      findings.push({
        id: "weights-already-rounded",
        severity: "low",
        place: null,
        sentence: `With nothing rounded the model is already ${nats(neither)} nats from the float one, ${percent(Math.min(1, neither / both))} of the whole.`,
        advice:
          "The method rounds weights, or compensates for rounding, in the model itself; that cannot be switched off here, so every figure below contains it.",
        change: null,
      });
    }
    return findings;
  },
};

function widerWeights({ weightBits }: QuantizeRequest): RequestChange | null {
  const bits = nextBits(weightBits);
  return bits === null ? null : { label: `Use ${bits}-bit weights`, request: { weightBits: bits } };
}

function widerActivations({ activationBits }: QuantizeRequest): RequestChange | null {
  const bits = nextBits(activationBits);
  return bits === null ? null : { label: `Use ${bits}-bit activations`, request: { activationBits: bits } };
}
