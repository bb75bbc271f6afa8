import { SUBGROUP_MATRIX } from "../gpu/subgroup-matrix.ts";

/** What test devices ask of an adapter beyond WebGPU's defaults; features are asked for only where the adapter has them. */
export const FEATURES_WE_USE = ["shader-f16", "subgroups", "timestamp-query", SUBGROUP_MATRIX] as const satisfies readonly GPUFeatureName[];

/** Those that openGpu() raises, and no other: every kernel compiles within WebGPU's defaults. */
export const LIMITS_WE_RAISE = ["maxBufferSize", "maxStorageBufferBindingSize"] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Matrix units spelled out in WGSL (spelled-matrices.ts) need more than the kernel itself; the device that executes has it, the one that compiles every kernel has not. */
export const LIMITS_TO_EXECUTE = [
  ...LIMITS_WE_RAISE,
  "maxComputeWorkgroupStorageSize",
] as const satisfies readonly (keyof GPUSupportedLimits)[];
