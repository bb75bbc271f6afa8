import code from "#shaders/gemm-codes-dot-subgroup.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { gemmCodesDot } from "./gemm-codes-dot.ts";

/** gemm-codes-dot with x broadcast in the subgroup: the same arguments, the same words. */
export const gemmCodesDotSubgroup: Kernel = {
  ...gemmCodesDot,
  name: "gemm-codes-dot-subgroup",
  code: link(code),
  features: ["subgroups"],
  workgroups: ({ rows, columns4 }) => [Math.ceil(columns4 / 32), Math.ceil(rows / 8), 1],
};
