import code from "#shaders/rms-norm.wgsl?raw";
import { rowGrid, link, type Kernel } from "../kernel.ts";

/** RMSNorm, to float or to codes. Formula and layouts: shaders/rms-norm.wgsl. */
export const rmsNorm: Kernel = {
  name: "rms-norm",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns", "u32"],
    ["stride4", "u32"],
    ["inverse_columns", "f32"],
    ["epsilon", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "gain", "shift", "y"],
  constants: { QUANTIZE: [0, 1] },
  workgroups: ({ rows }) => rowGrid("rms-norm", rows, 32),
};
