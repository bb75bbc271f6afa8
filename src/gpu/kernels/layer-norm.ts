import code from "#shaders/layer-norm.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** LayerNormalization, to float or to codes. Formula and layouts: shaders/layer-norm.wgsl. */
export const layerNorm: Kernel = {
  name: "layer-norm",
  code: link(code),
  params: [...u32s("rows", "columns", "stride4"), ["inverse_columns", "f32"], ["epsilon", "f32"], ["code_max", "f32"]],
  bindings: ["x", "gain", "shift", "y"],
  constants: { QUANTIZE: [0, 1] },
  workgroups({ rows }) {
    return rowGrid(this.name, rows, 32);
  },
};
