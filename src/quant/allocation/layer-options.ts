/** The problem that allocators solve: one choice per layer, costs that add up, and budgets for bytes and bit operations. */
import { InputError } from "../../tensor/input-error.ts";
import { layerBitOps, layerBytes, modelCost, type BitAssignment, type LayerCost, type Widths } from "./bit-costs.ts";

/** Widths that codes are stored with and that kernels compute on. */
export const STORED_BITS: readonly number[] = [2, 3, 4, 6, 8];

/** One way to store a layer. */
export interface BitChoice {
  readonly widths: Widths;
  /** What it costs in quality; lower is better. Only sums of it mean something. */
  readonly cost: number;
  readonly bytes: number;
  readonly bitOps: number;
}

export interface LayerOptions {
  readonly name: string;
  /** The first needs the fewest bytes and the fewest bit operations. */
  readonly choices: readonly BitChoice[];
}

export interface Budget {
  readonly weightBytes: number;
  /** Per image; absent: not limited. Without this limit attention products, which store no weights, cost nothing and get the most bits. */
  readonly bitOps?: number | undefined;
}

export interface Allocation {
  readonly assignment: BitAssignment;
  readonly cost: number;
  readonly weightBytes: number;
  readonly bitOps: number;
  /** True when no assignment within the budget costs less. */
  readonly isOptimal: boolean;
}

export interface OptionRules {
  /** Widths to choose from; default all that are stored. */
  readonly candidates?: readonly number[] | undefined;
  /** "tied": operands of a layer have the same width, as in LRP-QViT; a number: all activations have this one and only weights are chosen. */
  readonly activations: "tied" | number;
  /** Operands whose width is not to be chosen, by layer: an 8-bit image at the patch embedding. */
  readonly pinned?: BitAssignment | undefined;
  /** Cost of a layer at a width. */
  readonly cost: (layer: string, bits: number) => number;
}

export function layerOptions(
  layers: readonly LayerCost[],
  { candidates = STORED_BITS, activations, pinned = {}, cost }: OptionRules,
): LayerOptions[] {
  refuseCandidates(candidates);
  return layers.map((layer) => {
    const choices = new Map<string, BitChoice>();
    for (const bits of candidates.toSorted((a, b) => a - b)) {
      const widths = {
        weights: pinned[layer.name]?.weights ?? bits,
        activations: pinned[layer.name]?.activations ?? (activations === "tied" ? bits : activations),
      };
      // Where pins leave nothing to choose, candidates repeat each other.
      const key = layer.parameters > 0 ? `${widths.weights}/${widths.activations}` : `${widths.activations}`;
      if (choices.has(key)) continue;
      choices.set(key, {
        widths,
        cost: cost(layer.name, bits),
        bytes: layerBytes(layer, widths.weights),
        bitOps: layerBitOps(layer, widths),
      });
    }
    return { name: layer.name, choices: [...choices.values()] };
  });
}

/** The budget of a model with the same width everywhere but where it is pinned: "4 bits on average". */
export function uniformBudget(layers: readonly LayerCost[], widths: Widths, pinned: BitAssignment = {}): Required<Budget> {
  const { weightBytes, bitOps } = modelCost(layers, pinned, widths);
  return { weightBytes, bitOps };
}

/** The allocation that takes choices[picks[l]] of each layer. */
export function allocationOf(layers: readonly LayerOptions[], picks: ArrayLike<number>, isOptimal: boolean): Allocation {
  const picked = layers.map(({ choices }, l) => choices[picks[l]]);
  const total = (of: (choice: BitChoice) => number) => picked.reduce((sum, choice) => sum + of(choice), 0);
  return {
    assignment: Object.fromEntries(layers.map(({ name }, l) => [name, picked[l].widths])),
    cost: total(({ cost }) => cost),
    weightBytes: total(({ bytes }) => bytes),
    bitOps: total(({ bitOps }) => bitOps),
    isOptimal,
  };
}

/** Checks the problem, and that the smallest model fits. */
export function refuseSmallBudget(layers: readonly LayerOptions[], budget: Budget): void {
  for (const { name, choices } of layers) {
    const [least, ...others] = choices;
    if (!least) throw new Error(`internal: ${name} has no choice of bits`);
    if (others.some(({ bytes, bitOps }) => bytes < least.bytes || bitOps < least.bitOps)) {
      throw new Error(`internal: ${name}'s first choice of bits is not its smallest`);
    }
    if (!choices.every(({ cost }) => Number.isFinite(cost))) throw new Error(`internal: ${name} has a cost that is not a number`);
  }
  const smallest = allocationOf(layers, new Uint8Array(layers.length), false);
  if (!(smallest.weightBytes <= budget.weightBytes)) throw tooSmall("weights", smallest.weightBytes, budget.weightBytes, "bytes");
  const bitOps = budget.bitOps ?? Infinity;
  if (!(smallest.bitOps <= bitOps)) throw tooSmall("multiply-adds", smallest.bitOps, bitOps, "bit operations per image");
}

function tooSmall(of: string, needed: number, given: number, unit: string): InputError {
  return new InputError("BIT_BUDGET_TOO_SMALL", {
    what: `${given} ${unit} are too few for this model's ${of}.`,
    why: `With the fewest bits everywhere they still need ${needed}.`,
    next: `Give ${needed} ${unit} or more, or allow fewer bits.`,
  });
}

function refuseCandidates(candidates: readonly number[]): void {
  const odd = candidates.filter((bits) => !STORED_BITS.includes(bits));
  if (candidates.length > 0 && odd.length === 0) return;
  throw new InputError("BITS_UNSUPPORTED", {
    what: odd.length > 0 ? `Layers cannot be given ${odd.join(", ")} bits.` : "There are no widths to choose from.",
    why: `Mixed precision chooses among ${STORED_BITS.join(", ")} bits.`,
    next: "Choose one or more of these.",
  });
}
