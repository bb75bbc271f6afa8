import code from "#shaders/patchify.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Images to rows of patches, float or codes. Formula and layouts: shaders/patchify.wgsl. */
export const patchify: Kernel = {
  name: "patchify",
  code: link(code),
  params: [
    ...u32s("patches", "columns", "depth", "stride4", "patch_size", "height", "width", "images"),
    ["inverse_scale", "f32"],
    ["zero", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "y"],
  constants: { QUANTIZE: [0, 1] },
  workgroups: ({ images, patches, stride4 }) => linearGrid(images * patches * stride4, 64),
};
