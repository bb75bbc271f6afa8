import code from "#shaders/gemm-codes-dot.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** The integer linear layer executed on the packed integer dot product. Formula and layouts: shaders/gemm-codes-dot.wgsl. */
export const gemmCodesDot: Kernel = {
  name: "gemm-codes-dot",
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
    ["row_period", "u32"],
  ],
  bindings: ["x", "weight", "column_f", "column_i", "residual", "row_table", "y"],
  constants: { GELU: [0, 1, 2], RESIDUAL: [0, 1], QUANTIZE: [0, 1], CONTAINER: [2, 4, 8], TOKENS: [0, 1] },
  requires: "packed_4x8_integer_dot_product",
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), 1],
};
