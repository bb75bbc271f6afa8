import type { QuantizeRequest } from "../runner/comparison.ts";

type Bits = Pick<QuantizeRequest, "weightBits" | "activationBits" | "attentionBits">;

export interface BitPreset {
  /** As `bitsName` writes it. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly bits: Bits;
}

/** Settings that papers report, in plain words. */
export const BIT_PRESETS: readonly BitPreset[] = [
  preset("W8A8", "8 bits everywhere", "Usually close to the float model, at a quarter of its size.", 8, 8),
  preset("W6A6", "6 bits everywhere", "Where naive methods begin to lose Vision Transformers.", 6, 6),
  preset("W4A8", "4-bit weights, 8-bit activations", "Files as small as at W4A4, with activations hardly touched.", 4, 8),
  preset("W4A4", "4 bits everywhere", "An eighth of the size; methods differ widely here.", 4, 4),
  preset("W3A3", "3 bits everywhere", "Eight levels a number: hardly a method works here without training.", 3, 3),
  preset(
    "W8A8, attention 4",
    "Attention at 4 bits, the rest at 8",
    "Only attention probabilities are coarse: a test of their codes.",
    8,
    8,
    4,
  ),
];

export const OWN_BITS = "own";

/** The preset that the controls are at, or OWN_BITS. */
export function presetOf(controls: Bits): string {
  const attention = controls.attentionBits ?? controls.activationBits;
  const found = BIT_PRESETS.find(
    ({ bits }) =>
      bits.weightBits === controls.weightBits &&
      bits.activationBits === controls.activationBits &&
      (bits.attentionBits ?? bits.activationBits) === attention,
  );
  return found?.name ?? OWN_BITS;
}

function preset(
  name: string,
  label: string,
  description: string,
  weightBits: number,
  activationBits: number,
  attentionBits?: number,
): BitPreset {
  return { name, label, description, bits: { weightBits, activationBits, attentionBits } };
}
