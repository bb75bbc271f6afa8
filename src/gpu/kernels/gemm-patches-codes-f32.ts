import code from "#shaders/gemm-patches-codes-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";

const { CONTAINER, CHUNKED } = gemmCodesF32.constants;

/** gemm-codes-f32 with patchify to codes as its prologue. Formula and layouts: shaders/gemm-patches-codes-f32.wgsl. */
export const gemmPatchesCodesF32: Kernel = {
  ...gemmCodesF32,
  name: "gemm-patches-codes-f32",
  code: link(code),
  params: [
    ...gemmCodesF32.params.filter(([name]) => !["row_period", "group4"].includes(name)),
    ...u32s("patches", "patch_columns", "depth", "patch_size", "height", "width"),
    ["inverse_scale", "f32"],
    ["zero", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "weight", "column_f", "column_i", "residual", "y"],
  constants: { CONTAINER, CHUNKED },
};
