import type { Gpu } from "../gpu/device.ts";
import type { Graph } from "../graph/graph.ts";
import { createGpuSession, type Session, type SessionOptions } from "./session.ts";

/** How long a failure waits for the news that its cause was the loss of the device. */
const NEWS_MS = 250;

/**
 * A session that survives the loss of its device: the weights are uploaded to a new one and the run that was interrupted is made again, once. Other failures,
 * and a second loss, are the caller's. `reopen` opens the new device, or gives one that another session has opened meanwhile; `onRecovered` hears of it.
 */
export function createRecoveringSession(
  gpu: Gpu,
  reopen: () => Promise<Gpu>,
  graph: Graph,
  options: SessionOptions,
  onRecovered?: (gpu: Gpu) => void,
): Session {
  let device = gpu.device;
  let session = createGpuSession(gpu, graph, options);
  let destroyed = false;
  let recovering: Promise<void> | null = null;

  const recover = async () => {
    session.destroy();
    const next = await reopen();
    device = next.device;
    session = createGpuSession(next, graph, options);
    onRecovered?.(next);
  };
  const guarded = async <T>(act: (on: Session) => Promise<T>): Promise<T> => {
    await recovering;
    const used = device;
    try {
      return await act(session);
    } catch (error) {
      if (destroyed || !(await isLost(used))) throw error;
      // Whoever else failed on the same device waits for the same recovery.
      if (device === used) await (recovering ??= recover().finally(() => (recovering = null)));
      return act(session);
    }
  };
  return {
    graph,
    mode: options.mode,
    run: (images, taps, job) => guarded((on) => on.run(images, taps, job)),
    prepare: (images, taps, job) => guarded((on) => on.prepare(images, taps, job)),
    constantBytes: () => session.constantBytes(),
    destroy() {
      destroyed = true;
      session.destroy();
    },
  };
}

function isLost(device: GPUDevice): Promise<boolean> {
  const news = device.lost.then(() => true);
  return Promise.race([news, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), NEWS_MS))]);
}
