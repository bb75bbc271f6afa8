import type { Gpu } from "./device.ts";
import type { Kernel } from "./kernel.ts";
import { hasSubgroupMatrix } from "./subgroup-matrix.ts";

/** Whether the adapter has the language feature, the device the features, and both the matrix product that the kernel is written with. */
export function canRun(gpu: Gpu, { requires, features = [], matrix }: Kernel): boolean {
  return (
    (requires === undefined || gpu.languageFeatures.has(requires)) &&
    features.every((feature) => gpu.device.features.has(feature)) &&
    (matrix === undefined || hasSubgroupMatrix(gpu.device, matrix))
  );
}
