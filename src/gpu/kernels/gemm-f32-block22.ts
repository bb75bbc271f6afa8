import code from "#shaders/gemm-f32-block22.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 in blocks of 22 x 16: the same arguments, the same words. */
export const gemmF32Block22: Kernel = {
  ...gemmF32,
  name: "gemm-f32-block22",
  code: link(code),
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 88), 1],
};
