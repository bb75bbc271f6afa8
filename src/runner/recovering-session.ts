import { onCurrentGpu, type GpuOf } from "../gpu/current-gpu.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import type { Job } from "../tensor/progress.ts";
import { createGpuSession, type Session, type SessionOptions } from "./session.ts";

/**
 * A session that survives the loss of its device: the weights are uploaded to the next one and the run that was interrupted is made again, once. Other
 * failures, and a second loss (InputError DEVICE_LOST), are the caller's. `onRecovered` hears of every repetition.
 */
export function createRecoveringSession(
  gpuOf: GpuOf,
  graph: Graph,
  options: SessionOptions,
  onRecovered?: () => void,
): Pick<Session, "run" | "prepare" | "destroy"> {
  let opened: { readonly device: GPUDevice; readonly session: Session } | null = null;
  let destroyed = false;

  const sessionOn = (gpu: Gpu): Session => {
    if (destroyed) throw new Error("internal: a session is used after its end");
    if (opened?.device === gpu.device) return opened.session;
    opened?.session.destroy();
    opened = { device: gpu.device, session: createGpuSession(gpu, graph, options) };
    return opened.session;
  };
  const guarded = <T>(job: Job | undefined, act: (on: Session) => Promise<T>): Promise<T> =>
    onCurrentGpu(gpuOf, async (gpu) => act(sessionOn(gpu)), job, onRecovered);
  return {
    run: (images, taps, job) => guarded(job, (on) => on.run(images, taps, job)),
    prepare: (images, taps, job) => guarded(job, (on) => on.prepare(images, taps, job)),
    destroy() {
      destroyed = true;
      opened?.session.destroy();
    },
  };
}
