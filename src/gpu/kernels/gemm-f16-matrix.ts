import code from "#shaders/gemm-f16-matrix.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { SUBGROUP_MATRIX } from "../subgroup-matrix.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f16 with x in f16, on the adapter's matrix units: the same arguments, sums within a bound. Compiled, never executed: its cases admit it. */
export const gemmF16Matrix: Kernel = {
  ...gemmF32,
  name: "gemm-f16-matrix",
  code: link(code),
  constants: { ...gemmF32.constants, Y_HALF: [0, 1], R_HALF: [0, 1] },
  requires: "subgroup_id",
  features: ["shader-f16", "subgroups", SUBGROUP_MATRIX],
  matrix: { componentType: "f16", resultComponentType: "f32", M: 16, N: 16, K: 16 },
  barriers: true,
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 16), Math.ceil(rows / 32), 1],
};
