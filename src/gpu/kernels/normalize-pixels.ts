import code from "#shaders/normalize-pixels.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Bytes to the network's floats through a table. Formula and layouts: shaders/normalize-pixels.wgsl. */
export const normalizePixels: Kernel = {
  name: "normalize-pixels",
  code: link(code),
  params: [["pixels", "u32"]],
  bindings: ["levels", "x", "y"],
  constants: {},
  workgroups: ({ pixels }) => linearGrid(pixels, 64),
};
