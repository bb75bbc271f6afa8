import type { ModelCard } from "../models/config.ts";
import { InputError } from "../tensor/input-error.ts";

type Comparable = Pick<ModelCard, "name" | "config" | "output">;

/** Why two models cannot be held against each other, in a sentence; null where they can. */
export function incomparable(a: Comparable, b: Comparable): string | null {
  const input = ({ config: { channels, imageSize } }: Comparable): string => `${imageSize.join(" x ")} pixels of ${channels} colours`;
  if (input(a) !== input(b)) return `${a.name} reads ${input(a)}, ${b.name} ${input(b)}.`;
  const gives = ({ output, config: { numClasses, embedDim } }: Comparable): string =>
    output === "features" ? `features of ${embedDim} numbers` : `scores for ${numClasses} classes`;
  return gives(a) === gives(b) ? null : `${a.name} gives ${gives(a)}, ${b.name} ${gives(b)}.`;
}

export function refuseIncomparable(a: Comparable, b: Comparable): void {
  const why = incomparable(a, b);
  if (why === null) return;
  throw new InputError("MODELS_INCOMPARABLE", {
    what: `${a.name} and ${b.name} cannot be compared with each other.`,
    why,
    next: "Give two models with the same input size that tell the same classes.",
  });
}
