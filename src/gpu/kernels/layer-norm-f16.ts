import code from "#shaders/layer-norm-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { layerNorm } from "./layer-norm.ts";

/** layer-norm with x, and where the constant says so y, in f16. */
export const layerNormF16: Kernel = {
  ...layerNorm,
  name: "layer-norm-f16",
  code: link(code),
  params: layerNorm.params.filter(([name]) => name !== "code_max"),
  constants: { Y_HALF: [0, 1] },
};
