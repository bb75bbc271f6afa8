import code from "#shaders/softmax.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** Softmax, to float or to the codes of a codebook. Formula and layouts: shaders/softmax.wgsl. */
export const softmax: Kernel = {
  name: "softmax",
  code: link(code),
  params: u32s("rows", "columns", "stride4", "threshold_count", "search_steps"),
  bindings: ["x", "thresholds", "y"],
  constants: { QUANTIZE: [0, 1], REVERSED: [0, 1] },
  workgroups: ({ rows }) => rowGrid("softmax", rows, 32),
};
