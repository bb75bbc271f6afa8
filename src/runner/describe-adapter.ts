import type { Gpu } from "../gpu/device.ts";
import { chooseExecution, executionLabel } from "./choose-execution.ts";
import type { AdapterDescription } from "./comparison.ts";

/** What is shown beside every figure. `measure`: also time the two executions of the integer product, if that was not done yet. */
export async function describeAdapter(gpu: Gpu, measure: boolean): Promise<AdapterDescription> {
  const { vendor, architecture, deviceName, description, isSoftware } = gpu;
  const integerExecution = measure ? executionLabel((await chooseExecution(gpu)).execution) : null;
  return { vendor, architecture, device: deviceName, description, isSoftware, integerExecution };
}

/** Stands where an adapter would: the executor "cpu" uses none. */
export const CPU_DESCRIPTION: AdapterDescription = {
  vendor: "",
  architecture: "",
  device: "",
  description: "WebAssembly SIMD on the CPU, one thread; no adapter",
  isSoftware: true,
  integerExecution: "16-bit multiply-adds",
};
