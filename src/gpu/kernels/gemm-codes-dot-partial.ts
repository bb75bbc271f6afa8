import code from "#shaders/gemm-codes-dot-partial.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** Integer sums over slices of K. Formula and layouts: shaders/gemm-codes-dot-partial.wgsl. */
export const gemmCodesDotPartial: Kernel = {
  name: "gemm-codes-dot-partial",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns4", "u32"],
    ["depth4", "u32"],
    ["weight_stride", "u32"],
    ["x_step", "u32"],
    ["x_offset", "u32"],
    ["x_stride4", "u32"],
    ["slice4", "u32"],
  ],
  bindings: ["x", "weight", "column_i", "y"],
  constants: { CONTAINER: [2, 4, 8] },
  requires: "packed_4x8_integer_dot_product",
  workgroups: ({ rows, columns4, depth4, slice4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), Math.ceil(depth4 / slice4)],
};
