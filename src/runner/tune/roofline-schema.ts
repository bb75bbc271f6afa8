import { z } from "zod";

const rate = z.number().positive();
const seconds = z.number().nonnegative();

/** A `Roofline` that was written down. */
export const rooflineSchema = z.object({
  fmaPerSecond: rate,
  packedDotPerSecond: rate.nullable(),
  exp2PerSecond: rate,
  readBytesPerSecond: rate,
  barrierSeconds: seconds,
  dispatchSeconds: seconds,
  submitSeconds: seconds,
  readbackSeconds: seconds,
  elapsedMs: z.number().nonnegative(),
  isSoftware: z.boolean(),
});
