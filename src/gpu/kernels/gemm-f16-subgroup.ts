import code from "#shaders/gemm-f16-subgroup.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF16 } from "./gemm-f16.ts";
import { gemmF32Subgroup } from "./gemm-f32-subgroup.ts";

/** gemm-f16 as gemm-f32-subgroup: the same arguments, the same words. */
export const gemmF16Subgroup: Kernel = { ...gemmF32Subgroup, name: "gemm-f16-subgroup", code: link(code), constants: gemmF16.constants };
