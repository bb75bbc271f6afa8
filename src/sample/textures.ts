/** Patterns in space: how much of the second colour a point takes, 0 to 1. Used on objects (object coordinates), floors and backdrops. */
export type Pattern = "plain" | "stripes" | "bands" | "checker" | "dots" | "marble";
export const PATTERNS: readonly Pattern[] = ["plain", "stripes", "bands", "checker", "dots", "marble"];

function fraction(x: number): number {
  return x - Math.floor(x);
}

function smooth(t: number): number {
  return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);
}

/** A number in [0, 1) for an integer lattice point: multiply-xorshift mixing in 32-bit integers. */
function lattice(ix: number, iy: number, iz: number): number {
  let h = Math.imul(ix, 0x27d4eb2d) ^ Math.imul(iy, 0x165667b1) ^ Math.imul(iz, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

/** Value noise: smooth interpolation of the lattice, in [0, 1). */
export function noise(x: number, y: number, z: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  const u = smooth(x - ix);
  const v = smooth(y - iy);
  const w = smooth(z - iz);
  const a = lattice(ix, iy, iz) * (1 - u) + lattice(ix + 1, iy, iz) * u;
  const b = lattice(ix, iy + 1, iz) * (1 - u) + lattice(ix + 1, iy + 1, iz) * u;
  const c = lattice(ix, iy, iz + 1) * (1 - u) + lattice(ix + 1, iy, iz + 1) * u;
  const d = lattice(ix, iy + 1, iz + 1) * (1 - u) + lattice(ix + 1, iy + 1, iz + 1) * u;
  return (a * (1 - v) + b * v) * (1 - w) + (c * (1 - v) + d * v) * w;
}

/** A square wave of period 1 with softened flanks, 0 to 1. */
function wave(x: number): number {
  const f = Math.abs(fraction(x) - 0.5) * 2; // 1 at integers, 0 halfway
  return smooth((f - 0.42) / 0.16);
}

/** x, y, z already multiplied by the pattern's frequency. */
export function patternAt(pattern: Pattern, x: number, y: number, z: number): number {
  switch (pattern) {
    case "plain":
      return 0;
    case "stripes":
      return wave(x * 0.8 + z * 0.6);
    case "bands":
      return wave(y);
    case "checker": {
      const parity = (Math.floor(x) + Math.floor(y) + Math.floor(z)) & 1;
      return parity;
    }
    case "dots": {
      const dx = fraction(x) - 0.5;
      const dy = fraction(y) - 0.5;
      const dz = fraction(z) - 0.5;
      return smooth((0.2 - (dx * dx + dy * dy + dz * dz)) / 0.08);
    }
    case "marble": {
      const n = noise(x, y, z) * 0.65 + noise(x * 2.3 + 7, y * 2.3, z * 2.3) * 0.35;
      return smooth((n - 0.3) / 0.4);
    }
  }
}
