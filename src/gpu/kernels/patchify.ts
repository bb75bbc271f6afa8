import code from "#shaders/patchify.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Images to rows of patches, float or codes. Formula and layouts: shaders/patchify.wgsl. */
export const patchify: Kernel = {
  name: "patchify",
  code: link(code),
  params: [
    ["patches", "u32"],
    ["columns", "u32"],
    ["depth", "u32"],
    ["stride4", "u32"],
    ["patch_size", "u32"],
    ["height", "u32"],
    ["width", "u32"],
    ["images", "u32"],
    ["inverse_scale", "f32"],
    ["zero", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "y"],
  constants: { QUANTIZE: [0, 1] },
  workgroups: ({ images, patches, stride4 }) => linearGrid(images * patches * stride4, 64),
};
