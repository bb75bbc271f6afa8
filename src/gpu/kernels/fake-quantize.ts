import code from "#shaders/fake-quantize.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Simulated uniform quantization. Formula and layouts: shaders/fake-quantize.wgsl. */
export const fakeQuantize: Kernel = {
  name: "fake-quantize",
  code: link(code),
  params: u32s("rows", "stride4", "row_period"),
  bindings: ["x", "grid", "y"],
  constants: { BY_ROW: [0, 1] },
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
