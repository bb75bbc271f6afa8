import type { Preprocessing } from "../../images/preprocessing.ts";
import { clipColours, halfColours, imagenetColours } from "../../models/preprocessing.ts";

export type Colours = Pick<Preprocessing, "mean" | "std">;

/** What published models are trained with, by names that people know. */
export const USUAL_COLOURS: readonly (Colours & { readonly id: string; readonly name: string })[] = [
  { id: "imagenet", name: "ImageNet", ...imagenetColours },
  { id: "half", name: "0.5 (-1 to 1)", ...halfColours },
  { id: "clip", name: "CLIP", ...clipColours },
  { id: "none", name: "none (0 to 1)", mean: [0, 0, 0], std: [1, 1, 1] },
];

export function sameColours(a: Colours, b: Colours): boolean {
  return [...a.mean, ...a.std].every((value, i) => Math.abs(value - [...b.mean, ...b.std][i]) < 1e-3);
}
