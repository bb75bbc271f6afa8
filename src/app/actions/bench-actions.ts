import type { LabStore } from "../store/lab-store.ts";
import type { BenchRequest } from "../worker/bench-api.ts";
import type { LabClient } from "../worker/lab-client.ts";
import { hiddenText } from "../format.ts";
import { watchHidden } from "./hidden-watch.ts";
import { errorParts, type JobRunner } from "./job-runner.ts";

/** Measuring the adapter. */
export interface BenchActions {
  /** What is chosen: the open model's forward, step by step. */
  profile(): Promise<void>;
  /** Measures what is not known yet; later runs use what is found. */
  tune(): Promise<void>;
  forgetTuning(): Promise<void>;
  /** Whether models run on a software adapter, instead of on WebAssembly. */
  runOnSoftwareAdapter(isUsed: boolean): Promise<void>;
  /** A profile that was saved, to compare with. */
  openSavedProfile(file: File): Promise<void>;
}

export function createBenchActions(store: LabStore, client: LabClient, jobs: JobRunner): BenchActions {
  const state = store.getState;

  /** As chosen; a quantized model is there only after a run, or where the model came quantized. */
  function request(): BenchRequest {
    const { benchRequest, result } = state();
    return result === null && benchRequest.model === "quantized" ? { ...benchRequest, model: "float" } : benchRequest;
  }

  return {
    async profile() {
      if (state().model === null) return;
      await jobs.run("Profiling", false, async (job) => {
        let hiddenMs = 0;
        const watch = watchHidden();
        const report = await client.profile(request(), job).finally(() => (hiddenMs = watch.stop()));
        job.signal?.throwIfAborted();
        state().setProfile(hiddenMs > 0 ? { ...report, hiddenMs } : report);
        return hiddenMs > 0 ? `The run is invalid: ${hiddenText(hiddenMs)}.` : `${report.steps.length} dispatches are measured.`;
      });
    },
    async tune() {
      if (state().model === null) return;
      await jobs.run("Tuning", false, async (job) => {
        let hiddenMs = 0;
        const watch = watchHidden();
        const tuning = await client.tune(request(), job).finally(() => (hiddenMs = watch.stop()));
        job.signal?.throwIfAborted();
        state().setTuning(tuning, hiddenMs);
        state().setAdapter({ kind: "ready", adapter: await client.adapter() });
        return `${Object.keys(tuning.gemm.choices.byShape).length} shapes are tuned.`;
      });
    },
    async forgetTuning() {
      await client.forgetTuning();
      state().setTuning(null);
      state().setAdapter({ kind: "ready", adapter: await client.adapter() });
      state().say("The tuning is forgotten; kernels are chosen by default.");
    },
    async runOnSoftwareAdapter(isUsed) {
      await client.runOnSoftwareAdapter(isUsed);
      state().setUsesSoftwareAdapter(isUsed);
    },
    async openSavedProfile(file) {
      try {
        const { parseProfile } = await import("../../runner/profile/profile-report.ts");
        state().setSavedProfile({ name: file.name, report: parseProfile(await file.text(), file.name) });
        state().dismissError();
      } catch (error) {
        state().fail(errorParts(error));
      }
    },
  };
}

/** For as long as the page lives: hears of every device that is lost, and says so. */
export async function watchDevice(store: LabStore, client: LabClient): Promise<void> {
  for (;;) {
    const count = await client.deviceLosses(store.getState().deviceLosses);
    store.getState().setDeviceLosses(count);
    store.getState().say("The GPU device was lost and opened again; what was interrupted is repeated.");
  }
}
