import { InputError } from "../tensor/input-error.ts";

/** What an integer sum must stay below to fit 32 bits with its sign. */
export const INTEGER_LIMIT = 2 ** 31;

/** Integers below it are exact in f32, and so are their sums. */
export const FLOAT_LIMIT = 2 ** 24;

/** The largest |code - zero| for codes 0..max. */
export function farthestCode(max: number, zero: number): number {
  return Math.max(Math.abs(zero), Math.abs(max - zero));
}

/** Refuse a sum whose magnitude may pass 32 bits; only zero points far outside the code range can get there. */
export function checkSum(name: string, magnitude: number): void {
  if (magnitude < INTEGER_LIMIT) return;
  throw new InputError("INTEGER_OVERFLOW", {
    what: `"${name}" has a zero point far outside its code range.`,
    why: "Its sums could pass 32 bits.",
    next: "Use another recipe or more bits for this layer, or the simulated executor.",
  });
}
