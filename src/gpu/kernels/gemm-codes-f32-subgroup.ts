import code from "#shaders/gemm-codes-f32-subgroup.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";

/** gemm-codes-f32 with x broadcast in the subgroup: the same arguments, the same words. */
export const gemmCodesF32Subgroup: Kernel = {
  ...gemmCodesF32,
  name: "gemm-codes-f32-subgroup",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 32), Math.ceil(rows / 8), 1],
};
