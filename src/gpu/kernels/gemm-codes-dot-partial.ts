import code from "#shaders/gemm-codes-dot-partial.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { INPUT_ROWS } from "./linear-params.ts";

/** Integer sums over slices of K. Formula and layouts: shaders/gemm-codes-dot-partial.wgsl. */
export const gemmCodesDotPartial: Kernel = {
  name: "gemm-codes-dot-partial",
  code: link(code),
  params: u32s("rows", "columns4", "depth4", "weight_stride", ...INPUT_ROWS, "slice4"),
  bindings: ["x", "weight", "column_i", "y"],
  constants: { CONTAINER: [2, 4, 8] },
  requires: "packed_4x8_integer_dot_product",
  workgroups: ({ rows, columns4, depth4, slice4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), Math.ceil(depth4 / slice4)],
};
