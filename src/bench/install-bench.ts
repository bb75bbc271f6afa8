import { openGpu } from "../gpu/device.ts";
import type { BenchRequest, BenchResult } from "./request.ts";
import { createForwardBench, type ForwardBench } from "./run-forward.ts";

declare global {
  interface Window {
    /** What e2e/forward.bench.ts drives; there only with `?automation=engine`. */
    vitrineBench?: { run(request: BenchRequest): Promise<BenchResult> };
  }
}

/** Page side of `npm run bench`: one device for all runs. */
export function installBench(): void {
  let bench: Promise<ForwardBench> | undefined;
  window.vitrineBench = {
    async run(request) {
      bench ??= openGpu(navigator.gpu).then(createForwardBench);
      return (await bench).run(request);
    },
  };
}
