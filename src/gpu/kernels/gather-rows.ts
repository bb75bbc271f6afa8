import code from "#shaders/gather-rows.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Rows permuted, kept or put side by side. Layouts: shaders/gather-rows.wgsl. */
export const gatherRows: Kernel = {
  name: "gather-rows",
  code: link(code),
  params: [
    ["images", "u32"],
    ["in_rows", "u32"],
    ["in_stride", "u32"],
    ["out_rows", "u32"],
    ["out_stride", "u32"],
    ["group", "u32"],
    ["part", "u32"],
  ],
  bindings: ["x", "indices", "y"],
  constants: {},
  workgroups: ({ images, out_rows, out_stride }) => linearGrid(images * out_rows * out_stride, 64),
};
