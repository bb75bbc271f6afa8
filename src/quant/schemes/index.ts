import type { Quantizer } from "../../graph/quantizer.ts";
import { log2 } from "./log2.ts";
import { logSqrt2 } from "./log-sqrt2.ts";
import type { Scheme } from "./scheme.ts";
import { uniform } from "./uniform.ts";

/** Every scheme, by the name that quantizers carry. Adding one: its file, its test, one line here. */
export const schemes = {
  uniform,
  "log-sqrt2": logSqrt2,
  log2,
} as const satisfies Record<string, Scheme>;

export type SchemeName = keyof typeof schemes;

/** The scheme that a quantizer names. Packages check names when they are read, so an unknown one here is a bug. */
export function schemeOf(quantizer: Pick<Quantizer, "scheme">): Scheme {
  if (!Object.hasOwn(schemes, quantizer.scheme)) throw new Error(`internal: no scheme is named ${quantizer.scheme}`);
  return schemes[quantizer.scheme as SchemeName];
}
