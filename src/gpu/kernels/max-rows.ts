import code from "#shaders/max-rows.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Maximum of some rows, column by column: pooling. Layouts: shaders/max-rows.wgsl. */
export const maxRows: Kernel = {
  name: "max-rows",
  code: link(code),
  params: u32s("images", "in_rows", "out_rows", "stride4", "group"),
  bindings: ["x", "indices", "y"],
  constants: {},
  workgroups: ({ images, out_rows, stride4 }) => linearGrid(images * out_rows * stride4, 64),
};
