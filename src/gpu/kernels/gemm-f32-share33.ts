import code from "#shaders/gemm-f32-share33.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 in blocks of 33 x 16 that share x in fours: the same arguments, the same words. */
export const gemmF32Share33: Kernel = {
  ...gemmF32,
  name: "gemm-f32-share33",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 33), 1],
};
