/** Linear-light colours from hue, saturation and value, by the piecewise linear definition. */
export type Rgb = readonly [number, number, number];

/** hue in turns, any real; saturation and value in [0, 1]. */
export function fromHue(hue: number, saturation: number, value: number): Rgb {
  const h = (hue - Math.floor(hue)) * 6;
  const channel = (offset: number): number => {
    const k = (offset + h) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

export function mixColour(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}
