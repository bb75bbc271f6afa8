import code from "#shaders/gather-rows.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Rows permuted, kept or put side by side. Layouts: shaders/gather-rows.wgsl. */
export const gatherRows: Kernel = {
  name: "gather-rows",
  code: link(code),
  params: u32s("images", "in_rows", "in_stride", "out_rows", "out_stride", "group", "part"),
  bindings: ["x", "indices", "y"],
  constants: {},
  workgroups: ({ images, out_rows, out_stride }) => linearGrid(images * out_rows * out_stride, 64),
};
