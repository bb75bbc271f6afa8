import code from "#shaders/layer-norm-integer.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** FQ-ViT's LayerNormalization of codes, to float or to codes. Formula and layouts: shaders/layer-norm-integer.wgsl. */
export const layerNormInteger: Kernel = {
  name: "layer-norm-integer",
  code: link(code),
  params: [
    ...u32s("rows", "columns", "stride4"),
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
