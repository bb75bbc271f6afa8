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

/** The job of one of `count` equal parts that run one after the other, reporting in the whole's terms. */
export function partOf(job: Job | undefined, index: number, count: number): Job {
  return {
    signal: job?.signal,
    onProgress: ({ stage, done, total }) => job?.onProgress?.({ stage, done: index * total + done, total: count * total }),
  };
}

/** Jobs for parts of one work that run side by side: what each reports is added up under `stage`, so that one bar tells of all. */
export function parallelJobs<const Names extends readonly string[]>(
  job: Job | undefined,
  stage: string,
  names: Names,
): { readonly [Name in Names[number]]: Job } {
  const parts = new Map<string, Progress>();
  const jobOf = (name: string): Job => ({
    signal: job?.signal,
    onProgress(progress) {
      parts.set(name, progress);
      const sum = (of: (part: Progress) => number) => [...parts.values()].reduce((total, part) => total + of(part), 0);
      job?.onProgress?.({ stage, done: sum(({ done }) => done), total: sum(({ total }) => total) });
    },
  });
  return Object.fromEntries(names.map((name) => [name, jobOf(name)])) as { [Name in Names[number]]: Job };
}
