import type { Quantizer } from "../../graph/quantizer.ts";
import { adalog, adalogShifted } from "./adalog.ts";
import { demax } from "./demax.ts";
import { lloyd } from "./lloyd.ts";
import { log2 } from "./log2.ts";
import { logSqrt2 } from "./log-sqrt2.ts";
import { powerOfTwoFactor } from "./power-of-two-factor.ts";
import type { Scheme } from "./scheme.ts";
import { sulq } from "./sulq.ts";
import { symmetric } from "./symmetric.ts";
import { tan } from "./tan.ts";
import { twinGelu } from "./twin-gelu.ts";
import { twinSoftmax } from "./twin-softmax.ts";
import { uniform } from "./uniform.ts";

/** Every scheme, by the name that quantizers carry. Adding one: its file, its test, one line here. */
export const schemes = {
  uniform,
  symmetric,
  "power-of-two-factor": powerOfTwoFactor,
  "log-sqrt2": logSqrt2,
  log2,
  lloyd,
  sulq,
  tan,
  adalog,
  "adalog-shifted": adalogShifted,
  "twin-softmax": twinSoftmax,
  "twin-gelu": twinGelu,
  demax,
} as const satisfies Record<string, Scheme>;

export type SchemeName = keyof typeof schemes;

/** The scheme that a quantizer names. Packages check names when they are read, so an unknown one here is a bug. */
export function schemeOf(quantizer: Pick<Quantizer, "scheme">): Scheme {
  if (!Object.hasOwn(schemes, quantizer.scheme)) throw new Error(`internal: no scheme is named ${quantizer.scheme}`);
  return schemes[quantizer.scheme as SchemeName];
}
