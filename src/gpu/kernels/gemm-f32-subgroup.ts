import code from "#shaders/gemm-f32-subgroup.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 with x broadcast in the subgroup: the same arguments, the same words. */
export const gemmF32Subgroup: Kernel = {
  ...gemmF32,
  name: "gemm-f32-subgroup",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 32), Math.ceil(rows / 8), 1],
};
