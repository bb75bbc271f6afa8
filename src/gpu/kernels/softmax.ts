import code from "#shaders/softmax.wgsl?raw";
import { rowGrid, link, type Kernel } from "../kernel.ts";

/** Softmax, to float or to the codes of a codebook. Formula and layouts: shaders/softmax.wgsl. */
export const softmax: Kernel = {
  name: "softmax",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns", "u32"],
    ["stride4", "u32"],
    ["threshold_count", "u32"],
    ["search_steps", "u32"],
  ],
  bindings: ["x", "thresholds", "y"],
  constants: { QUANTIZE: [0, 1], REVERSED: [0, 1] },
  workgroups: ({ rows }) => rowGrid("softmax", rows, 32),
};
