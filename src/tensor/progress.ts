/** What long work reports, and how it is stopped. Everything longer than a second takes a `Job`. */
export interface Progress {
  /** What is being done, in plain words: "calibrating blocks.3.attn.qkv". */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

export interface Job {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Throws the signal's AbortError when the user cancelled. */
export function throwIfCancelled(job: Job | undefined): void {
  job?.signal?.throwIfAborted();
}
