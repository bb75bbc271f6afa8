import code from "#shaders/fake-quantize.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Simulated uniform quantization. Formula and layouts: shaders/fake-quantize.wgsl. */
export const fakeQuantize: Kernel = {
  name: "fake-quantize",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["stride4", "u32"],
  ],
  bindings: ["x", "column", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
