import code from "#shaders/gemm-codes-f32-block22.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";

/** gemm-codes-f32 in blocks of 22 x 16: the same arguments, the same words. */
export const gemmCodesF32Block22: Kernel = {
  ...gemmCodesF32,
  name: "gemm-codes-f32-block22",
  code: link(code),
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 88), 1],
};
