import code from "#shaders/gemm-codes-f32-tiled.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { tiledGrid } from "./tiled-grid.ts";
import { gemmCodesF32 } from "./gemm-codes-f32.ts";

/** gemm-codes-f32 on tiles in workgroup memory: the same arguments, the same words. */
export const gemmCodesF32Tiled: Kernel = {
  ...gemmCodesF32,
  name: "gemm-codes-f32-tiled",
  code: link(code),
  constants: { ...gemmCodesF32.constants, TILE_ROWS2: [8, 16], TILE_COLUMNS4: [4, 8] },
  barriers: true,
  workgroups: tiledGrid,
};
