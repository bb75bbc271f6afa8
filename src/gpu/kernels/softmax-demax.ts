import code from "#shaders/softmax-demax.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** Softmax to codes whose step is the row's own second maximum. Formula and layouts: shaders/softmax-demax.wgsl. */
export const softmaxDemax: Kernel = {
  name: "softmax-demax",
  code: link(code),
  params: [...u32s("rows", "columns", "stride4", "out_stride4"), ["code_max", "f32"], ["inverse_levels", "f32"]],
  bindings: ["x", "y"],
  constants: { DECODE: [0, 1] },
  workgroups: ({ rows }) => rowGrid("softmax-demax", rows, 32),
};
