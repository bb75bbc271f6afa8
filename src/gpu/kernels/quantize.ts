import code from "#shaders/quantize.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Float rows to codes. Formula and layouts: shaders/quantize.wgsl. */
export const quantize: Kernel = {
  name: "quantize",
  code: link(code),
  params: u32s("rows", "stride4", "head4", "head_dim", "table_rows", "section4", "threshold_count"),
  bindings: ["x", "table", "y"],
  constants: { GRID: [0, 1], REVERSED: [0, 1] },
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
