import { InputError } from "../tensor/input-error.ts";
import { SUBGROUP_MATRIX } from "./subgroup-matrix.ts";

/** The adapter and device that everything runs on, with what its users must know about it. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly languageFeatures: ReadonlySet<string>;
  readonly vendor: string;
  readonly architecture: string;
  readonly deviceName: string;
  readonly description: string;
  /** True for SwiftShader, llvmpipe, WARP and every fallback adapter: results are valid, timings say nothing about a GPU. */
  readonly isSoftware: boolean;
}

/** Used where the adapter has them; nothing needs them. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ["subgroups", "shader-f16", "timestamp-query", SUBGROUP_MATRIX];

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render/i;

/** Ask for a device with the adapter's own buffer limits. Throws InputError NO_ADAPTER when there is none. */
export async function openGpu(gpu: GPU | undefined): Promise<Gpu> {
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!gpu || !adapter) {
    throw new InputError("NO_ADAPTER", {
      what: gpu ? "This browser offers WebGPU but found no adapter." : "WebGPU is not available here.",
      why: "Vitrine's GPU kernels run on WebGPU.",
      next: "Use a current Chrome, Edge, Firefox or Safari with hardware acceleration on; on Linux, chrome://gpu tells what is missing.",
    });
  }
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({
    label: "vitrine",
    requiredFeatures,
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  const { vendor, architecture, device: deviceName, description } = adapter.info;
  const isSoftware = adapter.info.isFallbackAdapter || SOFTWARE.test([vendor, architecture, deviceName, description].join(" "));
  return { device, languageFeatures: new Set(gpu.wgslLanguageFeatures), vendor, architecture, deviceName, description, isSoftware };
}

/** Refuse a buffer that the device cannot hold, by the name of what it was for. */
export function checkBufferSize(device: GPUDevice, sizeBytes: number, name: string): void {
  const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  if (sizeBytes <= limit) return;
  throw new InputError("MODEL_TOO_LARGE", {
    what: `"${name}" needs one buffer of ${megabytes(sizeBytes)}.`,
    why: `This adapter allows ${megabytes(limit)} a buffer.`,
    next: "Use a smaller batch or image size, a smaller model, or an adapter with larger limits.",
  });
}

/** A buffer, and whether there was memory for it: `allocated` rejects with InputError OUT_OF_MEMORY, by the name of what it was for. */
export function allocate(
  device: GPUDevice,
  name: string,
  size: number,
  usage: GPUBufferUsageFlags,
): { readonly buffer: GPUBuffer; readonly allocated: Promise<void> } {
  device.pushErrorScope("out-of-memory");
  const buffer = device.createBuffer({ label: name, size, usage });
  const allocated = device.popErrorScope().then((error) => {
    if (!error) return;
    throw new InputError("OUT_OF_MEMORY", {
      what: `"${name}" needs ${megabytes(size)} of GPU memory, which could not be had.`,
      why: `The device says: ${error.message || "out of memory"}.`,
      next: "Close other models or pages that use the GPU, or use a smaller batch, a smaller model or fewer bits. What was open stays usable.",
    });
  });
  return { buffer, allocated };
}

function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 2 ** 20).toFixed(1)} MiB`;
}
