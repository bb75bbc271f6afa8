import code from "#shaders/reduce-mean.wgsl?raw";
import { rowGrid, link, type Kernel } from "../kernel.ts";

/** Mean over tokens. Formula and layouts: shaders/reduce-mean.wgsl. */
export const reduceMean: Kernel = {
  name: "reduce-mean",
  code: link(code),
  params: [
    ["images", "u32"],
    ["tokens", "u32"],
    ["start", "u32"],
    ["stride4", "u32"],
    ["inverse_count", "f32"],
  ],
  bindings: ["x", "y"],
  constants: {},
  workgroups: ({ images, stride4 }) => rowGrid("reduce-mean", images * stride4, 64),
};
