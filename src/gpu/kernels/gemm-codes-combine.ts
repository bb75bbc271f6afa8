import code from "#shaders/gemm-codes-combine.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32Combine } from "./gemm-f32-combine.ts";

/** The slices of an integer layer as one. Formula and layouts: shaders/gemm-codes-combine.wgsl. */
export const gemmCodesCombine: Kernel = {
  ...gemmF32Combine,
  name: "gemm-codes-combine",
  code: link(code),
  params: [...gemmF32Combine.params, ["quantize", "u32"], ["row_period", "u32"]],
  bindings: ["parts", "column_f", "column_i", "residual", "row_table", "y"],
  constants: { ...gemmF32Combine.constants, TOKENS: [0, 1] },
};
