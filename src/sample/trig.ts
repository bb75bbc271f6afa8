/**
 * Sine and cosine from + - * / only. The language leaves the last bits of Math.sin to each engine; the sample's pixels must be the same
 * bytes in Node and in every browser, so the renderer uses no function whose result is not fixed by IEEE 754.
 */
export const PI = 3.141592653589793;

/** sin(angle), angle in radians and of moderate size; absolute error below 1e-9. */
export function sine(angle: number): number {
  const turns = Math.floor(angle / (2 * PI) + 0.5);
  let x = angle - turns * 2 * PI; // now in [-pi, pi]
  if (x > PI / 2) x = PI - x;
  else if (x < -PI / 2) x = -PI - x;
  const s = x * x;
  // Taylor series in Horner form; at |x| = pi/2 the first term left out, x^15/15!, is 7e-10.
  return x * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - s / 156))))));
}

export function cosine(angle: number): number {
  return sine(angle + PI / 2);
}
