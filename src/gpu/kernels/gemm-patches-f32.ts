import code from "#shaders/gemm-patches-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 with patchify as its prologue. Formula and layouts: shaders/gemm-patches-f32.wgsl. */
export const gemmPatchesF32: Kernel = {
  ...gemmF32,
  name: "gemm-patches-f32",
  code: link(code),
  params: [...gemmF32.params, ...u32s("patches", "patch_columns", "depth", "patch_size", "height", "width")],
  constants: {},
};
