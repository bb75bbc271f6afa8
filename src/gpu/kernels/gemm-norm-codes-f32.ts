import code from "#shaders/gemm-norm-codes-f32.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";

const { CONTAINER, CHUNKED } = gemmCodesF32.constants;

/** gemm-codes-f32 with LayerNormalization or RMSNorm to codes as its prologue. Formula and layouts: shaders/gemm-norm-codes-f32.wgsl. */
export const gemmNormCodesF32: Kernel = {
  ...gemmCodesF32,
  name: "gemm-norm-codes-f32",
  code: link(code),
  params: [
    ...gemmCodesF32.params.filter(([name]) => !["row_period", "group4"].includes(name)),
    ["columns", "u32"],
    ["inverse_columns", "f32"],
    ["epsilon", "f32"],
    ["norm_max", "f32"],
  ],
  bindings: ["x", "gain", "shift", "weight", "column_f", "column_i", "y"],
  constants: { CONTAINER, CHUNKED, CENTRED: [0, 1] },
};
