import code from "#shaders/softmax-pool.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** Rows of an image averaged by the softmax of their scores. Formula and layouts: shaders/softmax-pool.wgsl. */
export const softmaxPool: Kernel = {
  name: "softmax-pool",
  code: link(code),
  params: u32s("images", "tokens", "score_stride4", "stride4"),
  bindings: ["scores", "x", "y"],
  constants: {},
  workgroups: ({ images, stride4 }) => rowGrid("softmax-pool", images * stride4, 64),
};
