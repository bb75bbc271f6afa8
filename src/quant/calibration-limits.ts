/** What calibration refuses before or while it runs, each with its own code. */
import { INPUT, type Graph } from "../graph/graph.ts";
import { sitesOf, stretchOf } from "../graph/ops.ts";
import { lastReaders } from "../reference/run-graph.ts";
import { InputError } from "../tensor/input-error.ts";
import { elementCount, type Tensor } from "../tensor/tensor.ts";
import type { LayerBits } from "./bits.ts";
import type { Recipe } from "./recipes/recipe.ts";
import { schemeOf } from "./schemes/index.ts";
import { isLayer, isProbabilities, isWeight, type Place } from "./sites.ts";

/** Browsers give a tab between 2 and 4 GiB of array memory; calibration takes at most this much of it. */
export const CALIBRATION_LIMIT_BYTES = 2 * 2 ** 30;

const BYTES = 4;

/**
 * Bytes alive at the worst node: the values that are still read later, the node's inputs and output, and one quantized and one working copy of
 * the inputs (the search holds the restored values of one candidate at a time).
 */
export function peakBytes(graph: Graph, imageCount: number): number {
  const lastReader = lastReaders(graph);
  const bytesOf = (name: string) => elementCount(graph.shapes[name]) * imageCount * BYTES;
  const alive = new Set([INPUT]);
  let peak = 0;
  graph.nodes.forEach((node, index) => {
    alive.add(node.name);
    const held = [...alive].reduce((sum, name) => sum + bytesOf(name), 0);
    const copies = node.inputs.reduce((sum, name) => sum + 2 * bytesOf(name), 0);
    peak = Math.max(peak, held + copies);
    for (const input of node.inputs) if (lastReader.get(input) === index) alive.delete(input);
  });
  return peak;
}

export function refuseTooLarge(graph: Graph, imageCount: number, bytes: number): void {
  if (imageCount === 0) {
    throw new InputError("CALIBRATION_EMPTY", {
      what: "There are no calibration images.",
      why: "Ranges are measured on images.",
      next: "Give at least one; 32 are usual.",
    });
  }
  if (bytes <= CALIBRATION_LIMIT_BYTES) return;
  const fitting = Math.floor((imageCount * CALIBRATION_LIMIT_BYTES) / bytes);
  throw new InputError("CALIBRATION_TOO_LARGE", {
    what: `Calibrating ${graph.name} on ${imageCount} images needs ${gibibytes(bytes)} GiB.`,
    why: `At most ${gibibytes(CALIBRATION_LIMIT_BYTES)} GiB of activations are held at once.`,
    next: fitting > 0 ? `Use ${fitting} calibration images or fewer.` : "Use a smaller model or image size.",
  });
}

/** Some methods solve for more unknowns than few images can determine. */
export function refuseFewImages({ name, minimumImages }: { readonly name: string; readonly minimumImages?: number }, count: number): void {
  if (count >= (minimumImages ?? 1)) return;
  throw new InputError("CALIBRATION_TOO_FEW", {
    what: `${name} was given ${count} calibration ${count === 1 ? "image" : "images"}.`,
    why: `It wants at least ${minimumImages}: its statistics would say nothing with fewer.`,
    next: `Give ${minimumImages} or more, or take a method that is content with one, such as repq-vit.`,
  });
}

/** A method is defined for some widths only: asked for others it would run and mean nothing. `bits`: every width that a layer is to get. */
export function refuseOtherBits({ name, bitRange }: Pick<Recipe, "name" | "bitRange">, bits: readonly number[]): void {
  if (!bitRange) return;
  const outside = bits.find((count) => count < bitRange.lowest || count > bitRange.highest);
  if (outside === undefined) return;
  throw new InputError("BITS_UNSUPPORTED", {
    what: `${name} was asked for ${outside} bits.`,
    why: `The method is defined for ${bitRange.lowest} to ${bitRange.highest}.`,
    next: "Choose a width in this range, or another recipe.",
  });
}

/**
 * Single sites may stay float, as a method's image does; but a method that has no rule for any weight, activation or attention map of a model
 * was not made for its family, and would silently leave all of them float.
 */
export function refuseUnsuitable({ name, rules }: Pick<Recipe, "name" | "rules">, graph: Graph): void {
  const places = graph.nodes.filter(isLayer).flatMap((node) => sitesOf(node.op).map((site): Place => ({ graph, node, site })));
  const roles = {
    weights: places.filter(isWeight),
    "attention probabilities": places.filter(isProbabilities),
    activations: places.filter((place) => !isWeight(place) && !isProbabilities(place)),
  };
  for (const [role, present] of Object.entries(roles)) {
    if (present.length === 0 || present.some((place) => rules.some(({ where }) => where(place)))) continue;
    throw new InputError("RECIPE_UNSUITABLE", {
      what: `${name} has no rule for the ${role} of ${graph.name}.`,
      why: "They would stay float, and the model would not be quantized as asked.",
      next: "Take another recipe; min-max fits every family.",
    });
  }
}

/** A clipped softmax changes probabilities after the step that such a scheme takes from a row's exponentials. */
export function refuseRowSteps({ name, rules }: Pick<Recipe, "name" | "rules">, graph: Graph): void {
  const clipped = graph.nodes.find(stretchOf);
  const rule = rules.find(({ scheme }) => schemeOf({ scheme }).perRow);
  if (!clipped || !rule) return;
  throw new InputError("RECIPE_UNSUITABLE", {
    what: `${name} cannot quantize the clipped softmax of ${clipped.name}.`,
    why: `Its ${rule.scheme} codes take their step from each row's plain softmax.`,
    next: "Take another recipe; min-max fits every family.",
  });
}

export function refuseBits(weightBits: number, activationBits: number): void {
  const usable = (bits: number) => Number.isInteger(bits) && bits >= 2 && bits <= 8;
  if (usable(weightBits) && usable(activationBits)) return;
  throw new InputError("BITS_UNSUPPORTED", {
    what: `${weightBits}-bit weights with ${activationBits}-bit activations cannot be made.`,
    why: "Codes have 2 to 8 bits.",
    next: "Choose whole numbers from 2 to 8.",
  });
}

/** A misspelt layer would silently keep the model's bits. */
export function refuseUnknownLayers({ name, nodes }: Graph, layerBits: LayerBits): void {
  const layers = new Set(nodes.filter(isLayer).map((node) => node.name));
  const unknown = Object.keys(layerBits).filter((layer) => !layers.has(layer));
  if (unknown.length === 0) return;
  throw new InputError("LAYER_BITS_INVALID", {
    what: `Bits are given for ${unknown.slice(0, 3).join(", ")}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ""}.`,
    why: `${name} has no such layers; what gets bits are its matrix products: ${[...layers].slice(0, 7).join(", ")} and so on.`,
    next: "Use these names.",
  });
}

export function refuseNonFinite(x: Tensor, place: string): void {
  // NaN and infinities times 0 are NaN, and one of them is enough: a sum instead of a test for each of many millions of values.
  const { data } = x;
  const zero = 0;
  const whole = data.length & ~3;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += data[i] * zero;
    b += data[i + 1] * zero;
    c += data[i + 2] * zero;
    d += data[i + 3] * zero;
  }
  for (let i = whole; i < data.length; i++) a += data[i] * zero;
  if (a + b + c + d === 0) return;
  throw new InputError("CALIBRATION_NOT_FINITE", {
    what: `The values at ${place} contain NaN or infinity.`,
    why: "A range cannot be measured on them.",
    next: "Check the weights and the preprocessing: the float model itself overflows on these images.",
  });
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
