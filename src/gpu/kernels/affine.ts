import code from "#shaders/affine.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** A factor and an addend per column. Formula and layouts: shaders/affine.wgsl. */
export const affine: Kernel = {
  name: "affine",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["stride4", "u32"],
  ],
  bindings: ["x", "column", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
