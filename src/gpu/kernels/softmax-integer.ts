import code from "#shaders/softmax-integer.wgsl?raw";
import { link, rowGrid, u32s, type Kernel } from "../kernel.ts";

/** FQ-ViT's log-int-softmax, to powers of two or to their codes. Formula and layouts: shaders/softmax-integer.wgsl. */
export const softmaxInteger: Kernel = {
  name: "softmax-integer",
  code: link(code),
  params: [...u32s("rows", "columns", "stride4"), ["inverse_scale", "f32"], ["zero", "f32"], ["code_max", "f32"], ["zero_code", "u32"]],
  bindings: ["x", "exponentials", "y"],
  constants: { QUANTIZE: [0, 1] },
  workgroups: ({ rows }) => rowGrid("softmax-integer", rows, 32),
};
