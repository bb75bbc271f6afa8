import { SUBGROUP_MATRIX } from "../gpu/subgroup-matrix.ts";

/** What test devices ask of an adapter beyond WebGPU's defaults; features are asked for only where the adapter has them. */
export const FEATURES_WE_USE = ["shader-f16", "subgroups", "timestamp-query", SUBGROUP_MATRIX] as const satisfies readonly GPUFeatureName[];

/** Those that openGpu() raises, and no other: what passes the tests must run within WebGPU's defaults elsewhere. */
export const LIMITS_WE_RAISE = ["maxBufferSize", "maxStorageBufferBindingSize"] as const satisfies readonly (keyof GPUSupportedLimits)[];
