/**
 * Power-of-two factors of FQ-ViT (Lin et al., IJCAI 2022, section 3.3): every channel is uniform with the same zero point, and with steps that differ
 * by powers of two only, s_c = s * 2^k_c, k_c in 0..3. So all channels lie on one integer grid, (q - z) << k_c times s, and integers can be summed over them.
 */
import type { Quantizer } from "../../graph/quantizer.ts";
import { uniform, uniformScheme } from "./uniform.ts";

export const LARGEST_FACTOR_EXPONENT = 3;

export const powerOfTwoFactor = uniformScheme("power-of-two-factor", "power-of-two factors", uniform.fit);

/** The common grid of a quantizer with power-of-two factors. */
export interface FactorGrid {
  /** s: the smallest step of any channel. */
  readonly step: number;
  /** z, of all channels. */
  readonly zeroPoint: number;
  /** k_c, [D]: channel c has the step s * 2^k_c. */
  readonly exponents: Uint8Array<ArrayBuffer>;
}

/** The grid, or null when the channels have no common one: such a quantizer is merely one per channel. */
export function factorGrid({ scheme, scale, zeroPoint }: Quantizer): FactorGrid | null {
  if (scheme !== powerOfTwoFactor.name) return null;
  const step = scale.reduce((least, value) => Math.min(least, value));
  const exponents = Uint8Array.from(scale, (value) => Math.log2(value / step));
  const fits = exponents.every((k, c) => k <= LARGEST_FACTOR_EXPONENT && step * 2 ** k === scale[c]);
  if (!fits || !Number.isInteger(zeroPoint[0]) || zeroPoint.some((z) => z !== zeroPoint[0])) return null;
  return { step, zeroPoint: zeroPoint[0], exponents };
}
