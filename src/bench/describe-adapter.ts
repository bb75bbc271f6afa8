import { openGpu } from "../gpu/device.ts";

/** The adapter that everybody runs on. */
export interface BenchAdapter {
  readonly vendor: string;
  readonly architecture: string;
  /** Empty for a software adapter: it is no device, and only some browsers name one. */
  readonly device: string;
  readonly description: string;
  /** With its version; empty where WebGPU does not tell it, or tells it in the description. */
  readonly driver: string;
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
  const { vendor, architecture, deviceName, description, isSoftware } = opened;
  // Chromium's own, with developer features on.
  const { driver = "", backend = "" } = adapter.info as GPUAdapterInfo & { readonly driver?: string; readonly backend?: string };
  return {
    vendor,
    architecture,
    device: isSoftware ? "" : deviceName,
    description,
    driver: [driver, backend].filter(Boolean).join(", "),
    isSoftware,
    features: [...adapter.features].sort(),
  };
}
