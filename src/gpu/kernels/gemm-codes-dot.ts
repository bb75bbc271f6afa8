import code from "#shaders/gemm-codes-dot.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { INPUT_ROWS, OUTPUT_ROWS } from "./linear-params.ts";

/** The integer linear layer executed on the packed integer dot product. Formula and layouts: shaders/gemm-codes-dot.wgsl. */
export const gemmCodesDot: Kernel = {
  name: "gemm-codes-dot",
  code: link(code),
  params: u32s("rows", "columns4", "depth4", "weight_stride", ...INPUT_ROWS, ...OUTPUT_ROWS, "quantize", "row_period"),
  bindings: ["x", "weight", "column_f", "column_i", "residual", "row_table", "y"],
  constants: { CONTAINER: [2, 4, 8], TOKENS: [0, 1] },
  requires: "packed_4x8_integer_dot_product",
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), 1],
};
