import type { Quantizer } from "../../graph/quantizer.ts";

/** A scheme's own parameter; calibration and packages always state it. */
export function parameterOf({ scheme, parameters }: Quantizer, name: string): number {
  const value = parameters?.[name];
  if (value === undefined) throw new Error(`internal: ${scheme} needs the parameter ${name}`);
  return value;
}
