import { SUBGROUP_MATRIX } from "../gpu/subgroup-matrix.ts";

/** What test devices ask of an adapter beyond WebGPU's defaults; features are asked for only where the adapter has them. */
export const FEATURES_WE_USE = ["shader-f16", "subgroups", "timestamp-query", SUBGROUP_MATRIX] as const satisfies readonly GPUFeatureName[];

export const LIMITS_WE_RAISE = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const satisfies readonly (keyof GPUSupportedLimits)[];
