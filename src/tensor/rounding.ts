/**
 * Round half to even, like torch.round and WGSL round(); Math.round rounds half up and is banned in numeric folders.
 * NaN stays NaN, infinities stay infinite.
 */
export function roundTiesToEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5) return down;
  if (rest > 0.5) return down + 1;
  if (rest !== 0.5) return x; // NaN and infinities: rest is NaN
  return down % 2 === 0 ? down : down + 1;
}

export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}
