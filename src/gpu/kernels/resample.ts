import code from "#shaders/resample.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** One pass of Pillow's resampling, to the byte. Formula and layouts: shaders/resample.wgsl. */
export const resample: Kernel = {
  name: "resample",
  code: link(code),
  params: [...u32s("lines", "outputs", "stride"), ["first", "i32"], ...u32s("in_line", "in_step", "out_line", "out_step")],
  bindings: ["spans", "weights", "x", "y"],
  constants: {},
  workgroups: ({ lines, outputs }) => linearGrid(lines * outputs, 64),
};
