import code from "#shaders/gemm-codes-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** The integer linear layer executed on f32 multiply-adds. Formula and layouts: shaders/gemm-codes-f32.wgsl. */
export const gemmCodesF32: Kernel = {
  name: "gemm-codes-f32",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns4", "u32"],
    ["depth4", "u32"],
    ["weight_stride", "u32"],
    ["x_step", "u32"],
    ["x_offset", "u32"],
    ["x_stride4", "u32"],
    ["out_group", "u32"],
    ["out_group_stride", "u32"],
    ["out_offset", "u32"],
    ["out_stride4", "u32"],
    ["residual_rows", "u32"],
    ["residual_stride4", "u32"],
    ["chunk4", "u32"],
    ["row_period", "u32"],
    ["group4", "u32"],
  ],
  bindings: ["x", "weight", "column_f", "column_i", "residual", "levels", "row_table", "y"],
  constants: {
    GELU: [0, 1, 2],
    RESIDUAL: [0, 1],
    QUANTIZE: [0, 1],
    CONTAINER: [2, 4, 8],
    CHUNKED: [0, 1],
    LEVELS: [0, 1],
    TOKENS: [0, 1],
    GROUPED: [0, 1],
  },
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), 1],
};
