import { deadChannels, factorDamped, meanDiagonal } from "../linear-algebra/damping.ts";

/** L of h + lambda I for h: [n,n], positive semidefinite; lambda is raised where float64 needs more to factor it. Zero channels count as ones (damping.ts). */
export function ridgeFactor(h: Float64Array, n: number, lambda: number): Float64Array {
  const mean = meanDiagonal(h, n, deadChannels(h, n));
  return factorDamped(h, n, mean > 0 ? lambda / mean : 0).factor;
}
