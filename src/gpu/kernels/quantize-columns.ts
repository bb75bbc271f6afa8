import code from "#shaders/quantize-columns.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Float rows to codes with a step per column. Formula and layouts: shaders/quantize-columns.wgsl. */
export const quantizeColumns: Kernel = {
  name: "quantize-columns",
  code: link(code),
  params: [...u32s("rows", "columns", "stride4"), ["zero", "f32"], ["code_max", "f32"]],
  bindings: ["x", "inverse_scale", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
