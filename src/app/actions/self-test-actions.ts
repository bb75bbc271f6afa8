import type { LabStore } from "../store/lab-store.ts";
import type { LabClient } from "../worker/lab-client.ts";
import type { JobRunner } from "./job-runner.ts";

/** Checking the kernels on this adapter. */
export interface SelfTestActions {
  runSelfTest(): Promise<void>;
  /** After the first result of this adapter, when nothing else runs. */
  selfTestOnce(): Promise<void>;
}

export function createSelfTestActions(store: LabStore, client: LabClient, jobs: JobRunner): SelfTestActions {
  const state = store.getState;

  async function runSelfTest(): Promise<void> {
    state().setSelfTest({ kind: "running", done: 0, total: 0 });
    const finished = await jobs.run("Checking this GPU's kernels", true, async ({ signal, onProgress }) => {
      const report = await client.selfTest({
        signal,
        onProgress: (progress) => {
          onProgress?.(progress);
          // The last report may arrive after the result.
          if (signal?.aborted !== true && state().selfTest.kind === "running")
            state().setSelfTest({ kind: "running", done: progress.done, total: progress.total });
        },
      });
      signal?.throwIfAborted();
      state().setSelfTest({ kind: "done", report });
      return "";
    });
    if (!finished) state().setSelfTest({ kind: "not-run" });
  }

  return {
    runSelfTest,
    async selfTestOnce() {
      // What WebAssembly computed needs no test of an adapter.
      const { selfTest, adapter, result, job } = state();
      const isUntested = selfTest.kind === "not-run" && adapter.kind !== "missing";
      if (isUntested && result !== null && result.main.executor !== "cpu" && job === null) await runSelfTest();
    },
  };
}
