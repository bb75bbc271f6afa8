import code from "#shaders/fake-quantize-codebook.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Simulated codebook quantization. Formula and layouts: shaders/fake-quantize-codebook.wgsl. */
export const fakeQuantizeCodebook: Kernel = {
  name: "fake-quantize-codebook",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["columns", "u32"],
    ["stride4", "u32"],
    ["threshold_count", "u32"],
  ],
  bindings: ["x", "thresholds", "decode", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
