import type { Progress } from "../../tensor/progress.ts";
import type { ErrorParts } from "../worker/lab-api.ts";
import type { SetSlice } from "./set-slice.ts";

/** What is running, and what went wrong last. */
export interface RunningJob {
  /** "Comparing", "Opening the sample" ... */
  readonly title: string;
  /** A background job (the self-test) does not lock controls, and yields to any other. */
  readonly isBackground: boolean;
  readonly progress: Progress | null;
  readonly secondsLeft: number | null;
}

export interface JobSlice {
  readonly job: RunningJob | null;
  readonly error: ErrorParts | null;
  /** Last thing said to the live region. */
  readonly status: string;
  startJob(title: string, isBackground: boolean): void;
  /** The running job enters its next part: opening becomes comparing. */
  renameJob(title: string): void;
  reportProgress(progress: Progress, secondsLeft: number | null): void;
  endJob(status: string): void;
  fail(error: ErrorParts): void;
  dismissError(): void;
  say(status: string): void;
}

export function jobSlice(set: SetSlice<JobSlice>): JobSlice {
  return {
    job: null,
    error: null,
    status: "",
    startJob: (title, isBackground) =>
      set((state) => ({
        job: { title, isBackground, progress: null, secondsLeft: null },
        error: isBackground ? state.error : null,
        status: isBackground ? state.status : `${title} …`,
      })),
    renameJob: (title) =>
      set(({ job }) => (job === null ? {} : { job: { ...job, title, progress: null, secondsLeft: null }, status: `${title} …` })),
    reportProgress: (progress, secondsLeft) => set(({ job }) => (job === null ? {} : { job: { ...job, progress, secondsLeft } })),
    endJob: (status) => set({ job: null, ...(status === "" ? {} : { status }) }),
    fail: (error) => set({ error, status: "" }),
    dismissError: () => set({ error: null }),
    say: (status) => set({ status }),
  };
}
