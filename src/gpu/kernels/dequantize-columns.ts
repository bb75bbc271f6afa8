import code from "#shaders/dequantize-columns.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Codes with a step per column to float rows. Formula and layouts: shaders/dequantize-columns.wgsl. */
export const dequantizeColumns: Kernel = {
  name: "dequantize-columns",
  code: link(code),
  params: [...u32s("rows", "columns", "stride4"), ["zero", "f32"]],
  bindings: ["x", "scale", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
