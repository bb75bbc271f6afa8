/** The models that are benchmarked, as data: shapes of published models, weights from a seed (a forward's cost does not depend on them). */
import type { RandomVitOptions } from "../models/random-vit.ts";
import { InputError } from "../tensor/input-error.ts";

/** DeiT (Touvron et al. 2021), table 1: 224 x 224 images, patches of 16, 12 blocks, 64 columns a head. ViT-B has DeiT-B's shape. */
const deit = { image: 224, patch: 16, depth: 12, classes: 1000, seed: 1 } as const;

export const scenarios: Readonly<Record<string, RandomVitOptions>> = {
  "deit-tiny": { ...deit, dim: 192, heads: 3, mlp: 768 },
  "deit-small": { ...deit, dim: 384, heads: 6, mlp: 1536 },
  "vit-base": { ...deit, dim: 768, heads: 12, mlp: 3072 },
  /** For trying the benchmark itself. */
  small: { image: 32, patch: 8, dim: 64, depth: 2, heads: 2, mlp: 128, classes: 10, seed: 1 },
};

export function scenarioNamed(name: string): RandomVitOptions {
  if (Object.hasOwn(scenarios, name)) return scenarios[name];
  throw new InputError("SCENARIO_UNKNOWN", {
    what: `There is no benchmark model "${name}".`,
    why: `The models are ${Object.keys(scenarios).join(", ")}.`,
    next: "Name some of them with --models, or a folder with --model.",
  });
}
