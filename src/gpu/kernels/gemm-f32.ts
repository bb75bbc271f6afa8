import code from "#shaders/gemm-f32.wgsl?raw";
import { link, u32s, type Kernel } from "../kernel.ts";
import { INPUT_ROWS, OUTPUT_ROWS } from "./linear-params.ts";

/** The float linear layer. Formula and layouts: shaders/gemm-f32.wgsl. */
export const gemmF32: Kernel = {
  name: "gemm-f32",
  code: link(code),
  params: u32s("rows", "columns4", "depth4", "weight_columns4", ...INPUT_ROWS, ...OUTPUT_ROWS),
  bindings: ["x", "weight", "bias", "residual", "y"],
  constants: {},
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), 1],
};
