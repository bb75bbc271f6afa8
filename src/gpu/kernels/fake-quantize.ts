import code from "#shaders/fake-quantize.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Simulated uniform quantization. Formula and layouts: shaders/fake-quantize.wgsl. */
export const fakeQuantize: Kernel = {
  name: "fake-quantize",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["stride4", "u32"],
    ["row_period", "u32"],
  ],
  bindings: ["x", "grid", "y"],
  constants: { BY_ROW: [0, 1] },
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
