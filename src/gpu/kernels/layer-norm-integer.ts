import code from "#shaders/layer-norm-integer.wgsl?raw";
import { rowGrid, link, type Kernel } from "../kernel.ts";

/** FQ-ViT's LayerNormalization of codes, to float or to codes. Formula and layouts: shaders/layer-norm-integer.wgsl. */
export const layerNormInteger: Kernel = {
  name: "layer-norm-integer",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns", "u32"],
    ["stride4", "u32"],
    ["inverse_columns", "f32"],
    ["zero", "i32"],
    ["out_scale", "f32"],
    ["out_zero", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "exponents", "gain", "shift", "y"],
  constants: { QUANTIZE: [0, 1] },
  workgroups: ({ rows }) => rowGrid("layer-norm-integer", rows, 32),
};
