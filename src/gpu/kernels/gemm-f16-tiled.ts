import code from "#shaders/gemm-f16-tiled.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32Tiled } from "./gemm-f32-tiled.ts";

/** gemm-f16 on tiles in workgroup memory: the same arguments, the same words. */
export const gemmF16Tiled: Kernel = {
  ...gemmF32Tiled,
  name: "gemm-f16-tiled",
  code: link(code),
  constants: { ...gemmF32Tiled.constants, X_HALF: [0, 1], Y_HALF: [0, 1], R_HALF: [0, 1] },
};
