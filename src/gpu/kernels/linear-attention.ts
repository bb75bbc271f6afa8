import code from "#shaders/linear-attention.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Queries on the sums that linear-attention-sums leaves. Layouts: shaders/linear-attention.wgsl. */
export const linearAttention: Kernel = {
  name: "linear-attention",
  code: link(code),
  params: [
    ["images", "u32"],
    ["tokens", "u32"],
    ["width", "u32"],
    ["depth", "u32"],
    ["stride", "u32"],
    ["sums_stride", "u32"],
    ["epsilon", "f32"],
  ],
  bindings: ["q", "sums", "y"],
  constants: {},
  workgroups: ({ images, tokens, stride }) => linearGrid(images * tokens * stride, 64),
};
