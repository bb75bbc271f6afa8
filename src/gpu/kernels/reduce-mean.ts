import code from "#shaders/reduce-mean.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** Mean over tokens. Formula and layouts: shaders/reduce-mean.wgsl. */
export const reduceMean: Kernel = {
  name: "reduce-mean",
  code: link(code),
  params: [...u32s("images", "tokens", "start", "stride4"), ["inverse_count", "f32"]],
  bindings: ["x", "y"],
  constants: {},
  workgroups: ({ images, stride4 }) => rowGrid("reduce-mean", images * stride4, 64),
};
