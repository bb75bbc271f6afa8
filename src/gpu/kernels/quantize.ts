import code from "#shaders/quantize.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Float rows to codes. Formula and layouts: shaders/quantize.wgsl. */
export const quantize: Kernel = {
  name: "quantize",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns", "u32"],
    ["stride4", "u32"],
    ["inverse_scale", "f32"],
    ["zero", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
