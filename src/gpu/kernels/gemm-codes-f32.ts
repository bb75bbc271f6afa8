import code from "#shaders/gemm-codes-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { INPUT_ROWS, OUTPUT_ROWS } from "./linear-params.ts";

/** The integer linear layer executed on f32 multiply-adds. Formula and layouts: shaders/gemm-codes-f32.wgsl. */
export const gemmCodesF32: Kernel = {
  name: "gemm-codes-f32",
  code: link(code),
  params: u32s("rows", "columns4", "depth4", "weight_stride", ...INPUT_ROWS, ...OUTPUT_ROWS, "quantize", "chunk4", "row_period", "group4"),
  bindings: ["x", "weight", "column_f", "column_i", "residual", "levels", "row_table", "y"],
  constants: {
    CONTAINER: [2, 4, 8],
    CHUNKED: [0, 1],
    LEVELS: [0, 1],
    TOKENS: [0, 1],
    GROUPED: [0, 1],
  },
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), 1],
};
