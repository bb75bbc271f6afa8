import code from "#shaders/head-gate.wgsl?raw";
import { linearGrid, link, type Kernel } from "../kernel.ts";

/** Each head of each row times the sigmoid of its gate. Layouts: shaders/head-gate.wgsl. */
export const headGate: Kernel = {
  name: "head-gate",
  code: link(code),
  params: [
    ["rows", "u32"],
    ["tokens", "u32"],
    ["stride4", "u32"],
    ["head4", "u32"],
    ["gate_rows", "u32"],
    ["gate_stride", "u32"],
  ],
  bindings: ["x", "gates", "y"],
  constants: {},
  workgroups: ({ rows, stride4 }) => linearGrid(rows * stride4, 64),
};
