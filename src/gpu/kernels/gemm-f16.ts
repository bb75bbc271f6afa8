import code from "#shaders/gemm-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 with weights, and where the constants say so x, y and the residual, in f16. */
export const gemmF16: Kernel = {
  ...gemmF32,
  name: "gemm-f16",
  code: link(code),
  constants: { ...gemmF32.constants, X_HALF: [0, 1], Y_HALF: [0, 1], R_HALF: [0, 1] },
};
