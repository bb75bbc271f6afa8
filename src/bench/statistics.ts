/** Of measured times: the middle, and how far they scatter. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the neighbours, as numpy does; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  if (sorted.length === 0) return Number.NaN;
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** Distance of the quartiles as a share of the median: what the middle half of the runs differs by. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return middle > 0 ? (quantile(values, 0.75) - quantile(values, 0.25)) / middle : 0;
}
