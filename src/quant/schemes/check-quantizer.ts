/** Whether a quantizer that somebody else wrote down can be used on a tensor at all: what calibration never gets wrong, a file may. */
import type { Quantizer, Site } from "../../graph/quantizer.ts";
import type { Shape } from "../../tensor/tensor.ts";
import { schemeOf } from "./index.ts";

/** What is wrong with a quantizer of what the site reads, as the end of "it cannot be used: ..."; null when nothing is. shape: of the weight, or of one image's activations. */
export function quantizerFault(quantizer: Quantizer, site: Site, shape: Shape): string | null {
  return parameterFault(quantizer) ?? zeroPointFault(quantizer) ?? gridFault(quantizer, site, shape);
}

function parameterFault({ scheme, bits, parameters = {} }: Quantizer): string | null {
  const ranges = schemeOf({ scheme }).parameters?.(bits) ?? {};
  const unknown = Object.keys(parameters).find((name) => !Object.hasOwn(ranges, name));
  if (unknown !== undefined) return `${scheme} has no parameter "${unknown}"`;
  for (const [name, { low, high, isInteger, isOptional }] of Object.entries(ranges)) {
    const value = parameters[name] as number | undefined;
    if (value === undefined) {
      if (isOptional) continue;
      return `${scheme} needs the parameter "${name}"`;
    }
    const fits = value >= low && value <= high && (!isInteger || Number.isInteger(value));
    if (!fits) return `${scheme} takes ${isInteger ? "integers" : "numbers"} from ${low} to ${high} as "${name}", not ${value}`;
  }
  return null;
}

function zeroPointFault({ scheme, scale, zeroPoint }: Quantizer): string | null {
  const wanted = hasZeroPoint(scheme) ? scale.length : 0;
  return zeroPoint.length === wanted ? null : `${scheme} with ${scale.length} scales needs ${wanted} zero points, not ${zeroPoint.length}`;
}

function gridFault({ scheme, scale, axis }: Quantizer, site: Site, shape: Shape): string | null {
  const entries = scale.length;
  if (site === "weight" && !hasZeroPoint(scheme)) return `weights have uniform codes, not ${scheme}`;
  if (axis === null) return entries === 1 ? null : `${entries} scales are one too many for a whole tensor`;
  if (!hasZeroPoint(scheme)) return `${scheme} has one scale for a whole tensor`;
  if ((axis === 0) !== (site === "weight")) return `a quantizer of ${site} runs along axis ${axis}`;
  const length = lengthAlong(axis, site, shape);
  return Number.isInteger(length / entries) && (axis !== -2 || length === entries) ? null : `${entries} scales do not fit ${length} values`;
}

/** q, k and v are thirds of the columns. */
function lengthAlong(axis: 0 | -1 | -2, site: Site, shape: Shape): number {
  if (axis === 0) return shape.reduce((product, size) => product * size, 1);
  if (axis === -2) return shape.at(-2) ?? 1;
  const isThird = site === "query" || site === "key" || site === "value";
  return (shape.at(-1) ?? 1) / (isThird ? 3 : 1);
}

/** The uniform family: codes minus a zero point, times a scale. */
function hasZeroPoint(scheme: string): boolean {
  return schemeOf({ scheme }).fit({ low: -1, high: 1 }, 4).zeroPoint !== null;
}
