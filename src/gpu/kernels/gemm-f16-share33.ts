import code from "#shaders/gemm-f16-share33.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF16 } from "./gemm-f16.ts";
import { gemmF32Share33 } from "./gemm-f32-share33.ts";

/** gemm-f16 as gemm-f32-share33: the same arguments, the same words. */
export const gemmF16Share33: Kernel = { ...gemmF32Share33, name: "gemm-f16-share33", code: link(code), constants: gemmF16.constants };
