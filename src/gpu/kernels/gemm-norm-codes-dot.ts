import code from "#shaders/gemm-norm-codes-dot.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmCodesDot } from "./gemm-codes-dot.ts";

const { CONTAINER } = gemmCodesDot.constants;

/** gemm-codes-dot with LayerNormalization or RMSNorm to codes as its prologue. Formula and layouts: shaders/gemm-norm-codes-dot.wgsl. */
export const gemmNormCodesDot: Kernel = {
  ...gemmCodesDot,
  name: "gemm-norm-codes-dot",
  code: link(code),
  params: [
    ...gemmCodesDot.params.filter(([name]) => !["row_period"].includes(name)),
    ["columns", "u32"],
    ["inverse_columns", "f32"],
    ["epsilon", "f32"],
    ["norm_max", "f32"],
  ],
  bindings: ["x", "gain", "shift", "weight", "column_f", "column_i", "y"],
  constants: { CONTAINER, CENTRED: [0, 1] },
};
