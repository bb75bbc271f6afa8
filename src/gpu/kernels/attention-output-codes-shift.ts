import code from "#shaders/attention-output-codes-shift.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { attentionOutputCodesF32 } from "./attention-output-codes-f32.ts";

/** P . V in 32-bit integers: shift-add or integer table. Formula and layouts: shaders/attention-output-codes-shift.wgsl. */
export const attentionOutputCodesShift: Kernel = {
  ...attentionOutputCodesF32,
  name: "attention-output-codes-shift",
  code: link(code),
  constants: { SHIFT: [0, 1], QUANTIZE: [0, 1], EXTRA: [0, 1, 2] },
};
