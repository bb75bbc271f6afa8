import type { LayerBits } from "../../../quant/bits.ts";
import { withLayerBits } from "../../../quant/rules/set-bits.ts";
import type { QuantizeRequest } from "../../comparison.ts";
import type { Observations } from "../observe-model.ts";
import type { Ranking } from "../rank-parts.ts";
import type { ErrorSplit } from "../split-error.ts";

/** What has been measured so far; rules look at what is there. */
export interface Diagnosis {
  readonly request: QuantizeRequest;
  readonly observations: Observations | null;
  readonly split: ErrorSplit | null;
  readonly rankings: readonly Ranking[];
}

/** high: most of the loss; medium: a clear part of it; low: good to know. */
export type Severity = "high" | "medium" | "low";

/** What to change in the request: a recipe, bits of a role, bits of single layers. */
export interface RequestChange {
  /** On the button: "Use RepQ-ViT". */
  readonly label: string;
  readonly request: Partial<Pick<QuantizeRequest, "recipe" | "weightBits" | "activationBits" | "attentionBits">> & {
    readonly layerBits?: LayerBits;
  };
}

/** A number turned into advice. */
export interface Finding {
  /** Stable: "softmax-levels-wasted". */
  readonly id: string;
  readonly severity: Severity;
  /** The layer to look at, or null when it is about the whole model. */
  readonly place: string | null;
  /** What was seen, with its numbers. */
  readonly sentence: string;
  /** What usually helps, and why. */
  readonly advice: string;
  readonly change: RequestChange | null;
}

export interface FindingRule {
  /** Ids that it can give. */
  readonly ids: readonly string[];
  look(diagnosis: Diagnosis): Finding[];
}

/** The request with the change in it; bits of single layers become rules before all others. */
export function applyChange(request: QuantizeRequest, { request: change }: RequestChange): QuantizeRequest {
  const { layerBits, ...rest } = change;
  return { ...request, ...rest, ...(layerBits ? { rules: withLayerBits(request.rules ?? [], layerBits) } : {}) };
}

const WIDTHS = [2, 3, 4, 6, 8];

/** The next wider setting; null at the widest. */
export function nextBits(bits: number): number | null {
  return WIDTHS.find((width) => width > bits) ?? null;
}

/** Methods that neither reparameterize nor place levels by the shape of the values. */
const BASELINES: readonly string[] = ["min-max", "percentile", "mse"];
/** Methods that choose the rounding of weights by what the layer reads. */
const WEIGHT_SOLVERS: readonly string[] = ["gptq", "gptaq", "erq", "qwt", "qwt-v2", "vitrine"];

export function isBaseline({ recipe }: QuantizeRequest): boolean {
  return BASELINES.includes(recipe);
}

export function solvesWeights({ recipe }: QuantizeRequest): boolean {
  return WEIGHT_SOLVERS.includes(recipe);
}

export const USE_REPQ: RequestChange = { label: "Use RepQ-ViT", request: { recipe: "repq-vit" } };

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;
}

/** A KL divergence, "0.052", "8.1e-5": never a 0 that is none. */
export function nats(divergence: number): string {
  return divergence > 0 && divergence < 0.001 ? divergence.toExponential(1) : divergence.toFixed(3);
}

/** "block 3", or "blocks 3, 5 and 2 more". */
export function blocksText(blocks: readonly (number | null)[]): string {
  const known = [...new Set(blocks.flatMap((block) => (block === null ? [] : [block])))];
  if (known.length === 0) return "the model";
  if (known.length === 1) return `block ${known[0]}`;
  const shown = known.slice(0, 3).join(", ");
  return known.length <= 3 ? `blocks ${shown}` : `blocks ${shown} and ${known.length - 3} more`;
}
