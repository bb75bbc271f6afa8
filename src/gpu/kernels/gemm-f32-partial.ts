import code from "#shaders/gemm-f32-partial.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { INPUT_ROWS } from "./linear-params.ts";

/** Sums over slices of K. Formula and layouts: shaders/gemm-f32-partial.wgsl. */
export const gemmF32Partial: Kernel = {
  name: "gemm-f32-partial",
  code: link(code),
  params: u32s("rows", "columns4", "depth4", "weight_columns4", ...INPUT_ROWS, "slice4"),
  bindings: ["x", "weight", "y"],
  constants: {},
  workgroups: ({ rows, columns4, depth4, slice4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), Math.ceil(depth4 / slice4)],
};
