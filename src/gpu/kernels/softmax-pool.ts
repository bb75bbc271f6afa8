import code from "#shaders/softmax-pool.wgsl?raw";
import { rowGrid, link, type Kernel } from "../kernel.ts";

/** Rows of an image averaged by the softmax of their scores. Formula and layouts: shaders/softmax-pool.wgsl. */
export const softmaxPool: Kernel = {
  name: "softmax-pool",
  code: link(code),
  params: [
    ["images", "u32"],
    ["tokens", "u32"],
    ["score_stride4", "u32"],
    ["stride4", "u32"],
  ],
  bindings: ["scores", "x", "y"],
  constants: {},
  workgroups: ({ images, stride4 }) => rowGrid("softmax-pool", images * stride4, 64),
};
