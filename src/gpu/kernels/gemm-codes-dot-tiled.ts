import code from "#shaders/gemm-codes-dot-tiled.wgsl?raw";
import { link, type Kernel } from "../kernel.ts";
import { tiledGrid } from "./tiled-grid.ts";
import { gemmCodesDot } from "./gemm-codes-dot.ts";

/** gemm-codes-dot on tiles in workgroup memory: the same arguments, the same words. */
export const gemmCodesDotTiled: Kernel = {
  ...gemmCodesDot,
  name: "gemm-codes-dot-tiled",
  code: link(code),
  constants: { ...gemmCodesDot.constants, TILE_ROWS2: [8, 16], TILE_COLUMNS4: [4, 8] },
  barriers: true,
  workgroups: tiledGrid,
};
