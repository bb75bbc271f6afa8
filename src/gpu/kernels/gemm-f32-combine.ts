import code from "#shaders/gemm-f32-combine.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";

/** The slices of gemm-f32-partial as one float layer. Formula and layouts: shaders/gemm-f32-combine.wgsl. */
export const gemmF32Combine: Kernel = {
  name: "gemm-f32-combine",
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
  ],
  bindings: ["parts", "bias", "residual", "y"],
  constants: { GELU: [0, 1, 2], RESIDUAL: [0, 1] },
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 4), 1],
};
