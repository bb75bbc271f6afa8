import code from "#shaders/gemm-codes-combine.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** The slices of gemm-codes-dot-partial as one integer layer. Formula and layouts: shaders/gemm-codes-combine.wgsl. */
export const gemmCodesCombine: Kernel = {
  name: "gemm-codes-combine",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns4", "u32"],
    ["slices", "u32"],
    ["x_step", "u32"],
    ["x_offset", "u32"],
    ["x_stride4", "u32"],
    ["out_group", "u32"],
    ["out_group_stride", "u32"],
    ["out_offset", "u32"],
    ["out_stride4", "u32"],
    ["residual_rows", "u32"],
    ["residual_stride4", "u32"],
    ["row_period", "u32"],
  ],
  bindings: ["parts", "column_f", "column_i", "residual", "row_table", "y"],
  constants: { GELU: [0, 1, 2], RESIDUAL: [0, 1], QUANTIZE: [0, 1], TOKENS: [0, 1] },
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 4), 1],
};
