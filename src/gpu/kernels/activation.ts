import code from "#shaders/activation.wgsl?raw";
import { linearGrid, link, u32s, type Kernel } from "../kernel.ts";

/** Activations by themselves, and gated ones. Formulas and layouts: shaders/activation.wgsl. */
export const activation: Kernel = {
  name: "activation",
  code: link(code),
  params: [...u32s("rows", "columns", "in_stride", "out_stride"), ["c0", "f32"], ["c1", "f32"], ["c2", "f32"]],
  bindings: ["x", "y"],
  constants: { KIND: [0, 1, 2, 3, 4, 5, 6], GATED: [0, 1] },
  workgroups: ({ rows, out_stride }) => linearGrid(rows * out_stride, 64),
};
