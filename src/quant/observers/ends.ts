import type { Range } from "../schemes/scheme.ts";

/** The smallest and the largest of the values; there must be one. */
export function endsOf(values: Float32Array): Range {
  if (values.length === 0) throw new Error("internal: the ends of nothing");
  let low = values[0];
  let high = values[0];
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
