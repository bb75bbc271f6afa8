import code from "#shaders/resample.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** One pass of Pillow's resampling, to the byte. Formula and layouts: shaders/resample.wgsl. */
export const resample: Kernel = {
  name: "resample",
  code: link(code),
  params: [
    ["lines", "u32"],
    ["outputs", "u32"],
    ["stride", "u32"],
    ["first", "i32"],
    ["in_line", "u32"],
    ["in_step", "u32"],
    ["out_line", "u32"],
    ["out_step", "u32"],
  ],
  bindings: ["spans", "weights", "x", "y"],
  constants: {},
  workgroups: ({ lines, outputs }) => linearGrid(lines * outputs, 64),
};
