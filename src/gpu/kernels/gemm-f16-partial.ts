import code from "#shaders/gemm-f16-partial.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32Partial } from "./gemm-f32-partial.ts";

/** gemm-f32-partial with weights, and where the constant says so x, in f16. */
export const gemmF16Partial: Kernel = { ...gemmF32Partial, name: "gemm-f16-partial", code: link(code), constants: { X_HALF: [0, 1] } };
