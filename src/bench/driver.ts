/** The border between the measuring (run-model.ts) and where contenders live: pages of a browser, or this process. */
import type { LoadResult, Outcome, ProfileResult, RunResult, TuneResult } from "./bench-session.ts";
import type { ContenderInfo } from "./contender-list.ts";
import type { CpuSeconds } from "./report/schema.ts";

export interface Driver {
  /** Throws a LeftOut-like error (its message is the reason) when the contender cannot even be opened. */
  open(contender: ContenderInfo): Promise<OpenedContender>;
}

/** A contender in a page or process of its own. */
export interface OpenedContender {
  load(): Promise<Outcome<LoadResult>>;
  tune(batches: readonly number[]): Promise<Outcome<TuneResult>>;
  run(images: number): Promise<Outcome<RunResult>>;
  profile(): Promise<Outcome<ProfileResult>>;
  /** The clocks of the processes that work for it; null where the system does not tell. */
  cpu(): Promise<CpuSeconds | null>;
  close(): Promise<void>;
}
