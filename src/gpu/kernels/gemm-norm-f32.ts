import code from "#shaders/gemm-norm-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 with LayerNormalization or RMSNorm of x as its prologue. Formula and layouts: shaders/gemm-norm-f32.wgsl. */
export const gemmNormF32: Kernel = {
  ...gemmF32,
  name: "gemm-norm-f32",
  code: link(code),
  params: [...gemmF32.params, ["columns", "u32"], ["inverse_columns", "f32"], ["epsilon", "f32"]],
  bindings: ["x", "gain", "shift", "weight", "bias", "residual", "y"],
  constants: { ...gemmF32.constants, CENTRED: [0, 1] },
};
