import code from "#shaders/rms-norm-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { layerNormF16 } from "./layer-norm-f16.ts";

/** RMSNorm: the arguments of layer-norm-f16. */
export const rmsNormF16: Kernel = {
  ...layerNormF16,
  name: "rms-norm-f16",
  code: link(code),
};
