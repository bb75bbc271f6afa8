import code from "#shaders/gemm-f32-combine.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { INPUT_ROWS, OUTPUT_ROWS } from "./linear-params.ts";

/** The slices of gemm-f32-partial as one float layer. Formula and layouts: shaders/gemm-f32-combine.wgsl. */
export const gemmF32Combine: Kernel = {
  name: "gemm-f32-combine",
  code: link(code),
  params: u32s("rows", "columns4", "slices", ...INPUT_ROWS, ...OUTPUT_ROWS),
  bindings: ["parts", "bias", "residual", "y"],
  constants: {},
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 4), 1],
};
