import code from "#shaders/gemm-f32-tiled.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { tiledGrid } from "./tiled-grid.ts";
import { gemmF32 } from "./gemm-f32.ts";

/** gemm-f32 on tiles in workgroup memory: the same arguments, the same words. */
export const gemmF32Tiled: Kernel = {
  ...gemmF32,
  name: "gemm-f32-tiled",
  code: link(code),
  constants: { ...gemmF32.constants, TILE_ROWS2: [8, 16], TILE_COLUMNS4: [4, 8] },
  barriers: true,
  workgroups: tiledGrid,
};
