import code from "#shaders/gemm-f32-partial.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** Sums over slices of K. Formula and layouts: shaders/gemm-f32-partial.wgsl. */
export const gemmF32Partial: Kernel = {
  name: "gemm-f32-partial",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns4", "u32"],
    ["depth4", "u32"],
    ["weight_columns4", "u32"],
    ["x_step", "u32"],
    ["x_offset", "u32"],
    ["x_stride4", "u32"],
    ["slice4", "u32"],
  ],
  bindings: ["x", "weight", "y"],
  constants: {},
  workgroups: ({ rows, columns4, depth4, slice4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), Math.ceil(depth4 / slice4)],
};
