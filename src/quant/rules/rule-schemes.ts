/** Which schemes a rule can name where. */
import type { SchemeName } from "../schemes/index.ts";

/** Equal steps: for weights and any activation, and the only ones with more than one quantizer for a tensor. */
export const EVEN: readonly SchemeName[] = ["uniform", "symmetric"];
export const GELU: readonly SchemeName[] = [...EVEN, "twin-gelu", "adalog-shifted"];
export const PROBABILITIES: readonly SchemeName[] = ["uniform", "log-sqrt2", "log2", "sulq", "tan", "adalog", "twin-softmax", "demax"];

export const RULE_SCHEMES = [...new Set([...GELU, ...PROBABILITIES])];
