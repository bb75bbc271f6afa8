import code from "#shaders/depthwise-codes.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { depthwise } from "./depthwise.ts";

/** Convolution of each channel by itself, of codes, in exact integers. Formula and layouts: shaders/depthwise-codes.wgsl. */
export const depthwiseCodes: Kernel = {
  ...depthwise,
  name: "depthwise-codes",
  code: link(code),
  bindings: ["x", "indices", "level", "weight", "column", "y"],
};
