/**
 * Factorization of a Gram matrix that may be singular. A channel that was zero in all rows (diagonal not above 0) says nothing about its weight: its row and
 * column become those of the identity, so that no solver moves anything through it. The others get `relative` times their mean diagonal added.
 */
import { choleskyInPlace } from "./cholesky.ts";

export interface DampedFactor {
  /** L: [n,n] of the damped matrix. */
  readonly factor: Float64Array;
  /** What was added to the diagonal of live channels, in units of their mean diagonal: as asked, or ten times as often as it took. */
  readonly relative: number;
  /** 1 where a channel is dead. */
  readonly dead: Uint8Array;
}

/** First value tried where the asked one is 0 or too small to make the matrix positive definite. */
const SMALLEST_RAISE = 1e-10;

/** Channels of h: [n,n] that were never other than zero. */
export function deadChannels(h: Float64Array, n: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, i) => (h[i * n + i] > 0 ? 0 : 1));
}

/**
 * L L^T = h + relative * mean(diagonal) * I, read through `order` (channel order[i] in place i). Where that is not positive definite the damping is raised in
 * steps of ten. Throws on values that are not finite: those come from a broken calibration, not from hard data.
 */
export function factorDamped(h: Float64Array, n: number, relative: number, order?: Uint32Array): DampedFactor {
  const dead = deadChannels(h, n);
  const mean = meanDiagonal(h, n, dead);
  if (!Number.isFinite(mean)) throw new Error("internal: a Gram matrix holds values that are not finite");
  const factor = new Float64Array(n * n);
  for (let damping = relative; damping <= Math.max(1, relative); damping = Math.max(damping * 10, SMALLEST_RAISE)) {
    fill(factor, h, n, dead, damping * mean, order);
    if (choleskyInPlace(factor, n)) return { factor, relative: damping, dead };
  }
  throw new Error("internal: a Gram matrix is not positive definite, even with its mean diagonal added");
}

export function meanDiagonal(h: Float64Array, n: number, dead: Uint8Array): number {
  let sum = 0;
  let live = 0;
  for (let i = 0; i < n; i++) {
    // A NaN on the diagonal counts as dead above and must still be seen here.
    if (dead[i] === 1 && !Number.isNaN(h[i * n + i])) continue;
    sum += h[i * n + i];
    live++;
  }
  return live === 0 ? 0 : sum / live;
}

function fill(out: Float64Array, h: Float64Array, n: number, dead: Uint8Array, added: number, order: Uint32Array | undefined): void {
  for (let i = 0; i < n; i++) {
    const row = order ? order[i] : i;
    for (let j = 0; j <= i; j++) {
      const column = order ? order[j] : j;
      out[i * n + j] = dead[row] === 1 || dead[column] === 1 ? 0 : h[row * n + column];
    }
    out[i * n + i] = dead[row] === 1 ? 1 : out[i * n + i] + added;
  }
}
