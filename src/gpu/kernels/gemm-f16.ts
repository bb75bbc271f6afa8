import code from "#shaders/gemm-f16.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 with weights in f16: the same arguments but for the weights, half the bytes. */
export const gemmF16: Kernel = {
  ...gemmF32,
  name: "gemm-f16",
  code: link(code),
  features: ["shader-f16"],
};
