/** Wilson score interval of a proportion (Wilson 1927): where the true rate lies, with 95 % confidence, after `hits` of `count`. */
const Z = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export function wilson(hits: number, count: number): Interval {
  if (count === 0) return { low: 0, high: 1 };
  const rate = hits / count;
  const spread = (Z * Z) / count;
  const centre = (rate + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((rate * (1 - rate)) / count + spread / (4 * count));
  return { low: hits === 0 ? 0 : centre - half, high: hits === count ? 1 : centre + half };
}
