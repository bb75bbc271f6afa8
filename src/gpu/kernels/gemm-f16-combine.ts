import code from "#shaders/gemm-f16-combine.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32Combine } from "./gemm-f32-combine.ts";

/** gemm-f32-combine with residual and y in f16 where the constants say so. */
export const gemmF16Combine: Kernel = {
  ...gemmF32Combine,
  name: "gemm-f16-combine",
  code: link(code),
  constants: { Y_HALF: [0, 1], R_HALF: [0, 1] },
};
