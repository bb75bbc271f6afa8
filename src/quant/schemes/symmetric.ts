/**
 * Symmetric uniform quantizer: q = clamp(rint(x / scale), -n/2, n/2 - 1) with n = 2^bits levels around an exact zero, stored as q + n/2.
 * scale = largest magnitude / (n/2 - 1/2), so that all n codes are in use (PTQ4ViT's starting scale; FQ-ViT's int8 weights). ptq-wide 1.1.
 */
import type { Range } from "./scheme.ts";
import { uniformScheme } from "./uniform.ts";

export const symmetric = uniformScheme("symmetric", "symmetric uniform", ({ low, high }: Range, bits) => {
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  const scale = Math.max(Math.fround(magnitude / (2 ** (bits - 1) - 0.5)), 2 ** -126);
  return { scale: magnitude > 0 ? scale : 1, zeroPoint: 2 ** (bits - 1), roundingMargin: 0.5 };
});
