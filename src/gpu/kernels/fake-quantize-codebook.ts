import code from "#shaders/fake-quantize-codebook.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Simulated codebook quantization. Formula and layouts: shaders/fake-quantize-codebook.wgsl. */
export const fakeQuantizeCodebook: Kernel = {
  name: "fake-quantize-codebook",
  code: link(code),
  params: u32s("rows", "columns", "stride4", "threshold_count"),
  bindings: ["x", "thresholds", "decode", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
