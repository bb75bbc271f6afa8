import code from "#shaders/gemm-codes-f32-partial.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { gemmF32Partial } from "./gemm-f32-partial.ts";
import { INPUT_ROWS } from "./linear-params.ts";

/** Integer sums over slices of K on f32 multiply-adds. Formula and layouts: shaders/gemm-codes-f32-partial.wgsl. */
export const gemmCodesF32Partial: Kernel = {
  ...gemmF32Partial,
  name: "gemm-codes-f32-partial",
  code: link(code),
  params: u32s("rows", "columns4", "depth4", "weight_stride", ...INPUT_ROWS, "slice4", "chunk4"),
  bindings: ["x", "weight", "column_i", "levels", "y"],
  constants: { CONTAINER: [2, 4, 8], CHUNKED: [0, 1], LEVELS: [0, 1] },
};
