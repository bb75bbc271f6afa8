import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import type { ConstantArray } from "./plan.ts";

/** How long weights are packed before others get a turn: pipelines that are to start compiling, the page. */
const PACK_MS = 16;

/** Build the constants that a plan waits for. */
export async function packConstants(
  constants: Map<string, ConstantArray>,
  pending: ReadonlyMap<string, () => ConstantArray>,
  job: Job | undefined,
): Promise<void> {
  let done = 0;
  let turnMs = -Infinity;
  for (const [name, build] of pending) {
    throwIfCancelled(job);
    if (performance.now() - turnMs > PACK_MS) {
      job?.onProgress?.({ stage: "loading weights", done, total: pending.size });
      await new Promise((resolve) => setTimeout(resolve, 0));
      turnMs = performance.now();
    }
    if (!constants.has(name)) constants.set(name, build());
    done++;
  }
}
