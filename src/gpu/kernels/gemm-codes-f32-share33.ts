import code from "#shaders/gemm-codes-f32-share33.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";

/** gemm-codes-f32 in blocks of 33 x 16 that share x in fours: the same arguments, the same words. */
export const gemmCodesF32Share33: Kernel = {
  ...gemmCodesF32,
  name: "gemm-codes-f32-share33",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 33), 1],
};
