import { InputError } from "../tensor/input-error.ts";
import type { Job } from "../tensor/progress.ts";
import type { Gpu } from "./device.ts";

/** Gives the device in use. */
export type GpuOf = () => Promise<Gpu>;

/** How long a failure waits for the news that its cause was the loss of the device. */
const NEWS_MS = 250;

/** One device for everybody: opened at the first call, and afresh at the first call after it was lost (driver reset, sleep). `onLost` hears of each loss. */
export function currentGpu(open: GpuOf, onLost?: () => void): GpuOf {
  let current: Promise<Gpu> | null = null;
  return () => {
    if (current) return current;
    const opening = open();
    current = opening;
    const forget = () => {
      if (current === opening) current = null;
    };
    opening.then(({ device }) => {
      void device.lost.then(() => {
        forget();
        onLost?.();
      });
    }, forget);
    return opening;
  };
}

/**
 * Acts on the current device; once more on the next one where it is lost meanwhile, of which `onRecovered` hears first. Other failures are the caller's.
 * Throws InputError DEVICE_LOST where no other device can be had, or that one is lost as well.
 */
export async function onCurrentGpu<T>(gpuOf: GpuOf, act: (gpu: Gpu) => Promise<T>, job?: Job, onRecovered?: () => void): Promise<T> {
  const gpu = await gpuOf();
  try {
    return await act(gpu);
  } catch (error) {
    if (error instanceof InputError || job?.signal?.aborted || !(await isLost(gpu))) throw error;
    const next = await gpuOf();
    if (next.device === gpu.device) throw await deviceLost(gpu);
    onRecovered?.();
    try {
      return await act(next);
    } catch (again) {
      throw again instanceof InputError || job?.signal?.aborted || !(await isLost(next)) ? again : await deviceLost(next);
    }
  }
}

/** Whether a failure just now came of the loss of the device: the news may take a moment. */
export function isLost({ device }: Gpu): Promise<boolean> {
  const news = device.lost.then(() => true);
  return Promise.race([news, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), NEWS_MS))]);
}

async function deviceLost({ device }: Gpu): Promise<InputError> {
  const { message } = await device.lost;
  return new InputError("DEVICE_LOST", {
    what: "The GPU device was lost while it was computing, and again when the work was repeated.",
    why: message === "" ? "The GPU process or the driver ended, and everything on the device is gone." : `The device says: ${message}.`,
    next: "Run it again, with fewer or smaller images if it happens again.",
  });
}
