import code from "#shaders/gemm-patches-codes-dot.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { gemmCodesDot } from "./gemm-codes-dot.ts";

const { CONTAINER } = gemmCodesDot.constants;

/** gemm-codes-dot with patchify to codes as its prologue. Formula and layouts: shaders/gemm-patches-codes-dot.wgsl. */
export const gemmPatchesCodesDot: Kernel = {
  ...gemmCodesDot,
  name: "gemm-patches-codes-dot",
  code: link(code),
  params: [
    ...gemmCodesDot.params.filter(([name]) => !["row_period"].includes(name)),
    ...u32s("patches", "patch_columns", "depth", "patch_size", "height", "width"),
    ["inverse_scale", "f32"],
    ["zero", "f32"],
    ["code_max", "f32"],
  ],
  bindings: ["x", "weight", "column_f", "column_i", "residual", "y"],
  constants: { CONTAINER },
};
