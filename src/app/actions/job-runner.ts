import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import type { LabStore } from "../store/lab-store.ts";
import { isAbort } from "../worker/error-border.ts";
import type { ErrorParts } from "../worker/lab-api.ts";
import { createTimeLeft } from "./time-left.ts";

export interface JobRunner {
  /** Runs `work` as the one job of the page; an earlier job is cancelled. False when it failed or was cancelled. */
  run(title: string, isBackground: boolean, work: (job: Job) => Promise<string>): Promise<boolean>;
  cancel(): void;
}

/** One job at a time, with progress, time left, cancel, and its error shown as a card. `work` returns what to say when it is done. */
export function createJobRunner(store: LabStore, nowMs: () => number): JobRunner {
  let current: AbortController | null = null;

  async function run(title: string, isBackground: boolean, work: (job: Job) => Promise<string>): Promise<boolean> {
    current?.abort();
    const controller = new AbortController();
    current = controller;
    const timeLeft = createTimeLeft(nowMs);
    store.getState().startJob(title, isBackground);
    try {
      const status = await work({
        signal: controller.signal,
        onProgress: (progress) => {
          if (current === controller) store.getState().reportProgress(progress, timeLeft(progress));
        },
      });
      controller.signal.throwIfAborted();
      store.getState().endJob(status);
      return true;
    } catch (error) {
      // A job that was replaced must not touch what its successor shows.
      if (current !== controller) return false;
      store.getState().endJob(isAbort(error) && !isBackground ? "Cancelled." : "");
      if (!isAbort(error)) store.getState().fail(errorParts(error));
      return false;
    } finally {
      if (current === controller) current = null;
    }
  }

  return { run, cancel: () => current?.abort() };
}

export function errorParts(error: unknown): ErrorParts {
  if (error instanceof InputError) return { code: error.code, what: error.what, why: error.why, next: error.next };
  return {
    code: "INTERNAL",
    what: "Something broke inside Vitrine.",
    why: error instanceof Error ? error.message : String(error),
    next: "This is a fault of ours, not of your files. Copy the details for a bug report; reloading the page starts a fresh engine.",
  };
}
