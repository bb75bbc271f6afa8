import code from "#shaders/quantize.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Float rows to codes. Formula and layouts: shaders/quantize.wgsl. */
export const quantize: Kernel = {
  name: "quantize",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["stride4", "u32"],
    ["head4", "u32"],
    ["head_dim", "u32"],
    ["table_rows", "u32"],
    ["section4", "u32"],
    ["threshold_count", "u32"],
  ],
  bindings: ["x", "table", "y"],
  constants: { GRID: [0, 1], REVERSED: [0, 1] },
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
