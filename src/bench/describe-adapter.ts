import { openGpu } from "../gpu/device.ts";

/** The adapter that everybody runs on. */
export interface BenchAdapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Results are valid, times say nothing about a GPU. */
  readonly isSoftware: boolean;
  readonly features: readonly string[];
}

/** Null without WebGPU. */
export async function describeAdapter(gpu: GPU | undefined): Promise<BenchAdapter | null> {
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return null;
  const opened = await openGpu(gpu);
  opened.device.destroy();
  const { vendor, architecture, deviceName: device, description, isSoftware } = opened;
  return { vendor, architecture, device, description, isSoftware, features: [...adapter.features].sort() };
}
