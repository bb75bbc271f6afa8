import code from "#shaders/max-rows.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Maximum of some rows, column by column: pooling. Layouts: shaders/max-rows.wgsl. */
export const maxRows: Kernel = {
  name: "max-rows",
  code: link(code),
  params: [
    ["images", "u32"],
    ["in_rows", "u32"],
    ["out_rows", "u32"],
    ["stride4", "u32"],
    ["group", "u32"],
  ],
  bindings: ["x", "indices", "y"],
  constants: {},
  workgroups: ({ images, out_rows, stride4 }) => linearGrid(images * out_rows * stride4, 64),
};
