import code from "#shaders/rms-norm.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { layerNorm } from "./layer-norm.ts";

/** RMSNorm: the arguments of layer-norm. Formula: shaders/rms-norm.wgsl. */
export const rmsNorm: Kernel = {
  ...layerNorm,
  name: "rms-norm",
  code: link(code),
};
