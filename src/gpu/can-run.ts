import type { Gpu } from "./device.ts";
import type { Kernel } from "./kernel.ts";

/** Whether the adapter has the language feature and the device the features that the kernel is written with. */
export function canRun(gpu: Gpu, { requires, features = [] }: Kernel): boolean {
  return (requires === undefined || gpu.languageFeatures.has(requires)) && features.every((feature) => gpu.device.features.has(feature));
}
