import code from "#shaders/prefix-rows.wgsl?raw";
import { rowGrid, link, type Kernel } from "../kernel.ts";

/** Class, distillation and register tokens into every image. Formula and layouts: shaders/prefix-rows.wgsl. */
export const prefixRows: Kernel = {
  name: "prefix-rows",
  code: link(code),
  params: [
    ["images", "u32"],
    ["prefix_rows", "u32"],
    ["tokens", "u32"],
    ["stride4", "u32"],
  ],
  bindings: ["prefix", "y"],
  constants: {},
  workgroups: ({ images, prefix_rows, stride4 }) => rowGrid("prefix-rows", images * prefix_rows * stride4, 64),
};
