import type { Gpu } from "../gpu/device.ts";
import { executionLabel } from "./choose-execution.ts";
import type { AdapterDescription } from "./comparison.ts";
import type { IntegerExecution } from "./plan.ts";
import type { AdapterTuning } from "./tune/adapter-tuning.ts";

/** What is shown beside every figure. `execution`: the faster of the integer product, once that is known; `tuning`: what chose the kernels. */
export function describeAdapter(gpu: Gpu, execution: IntegerExecution | null, tuning: AdapterTuning | undefined): AdapterDescription {
  const { vendor, architecture, deviceName, description, isSoftware } = gpu;
  const integerExecution = execution === null ? null : executionLabel(execution);
  const tunedShapes = Object.keys(tuning?.gemm.choices.byShape ?? {}).length;
  return { vendor, architecture, device: deviceName, description, isSoftware, integerExecution, tunedShapes };
}

/** Stands where an adapter would: the executor "cpu" uses none. */
export const CPU_DESCRIPTION: AdapterDescription = {
  vendor: "",
  architecture: "",
  device: "",
  description: "WebAssembly SIMD on the CPU, one thread; no adapter",
  isSoftware: true,
  integerExecution: "16-bit multiply-adds",
  tunedShapes: 0,
};
