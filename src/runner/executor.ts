/** The result of one run of a plan. */
export interface PlanRun {
  /** Raw words of the output value. */
  readonly output: Uint32Array<ArrayBuffer>;
  /** Raw words of the plan's taps, by name. */
  readonly taps: ReadonlyMap<string, Uint32Array<ArrayBuffer>>;
}

/** Values fed to a plan, as they lie in their buffers (rows padded to quads; the pixels are [B,C,H,W] without padding). */
export type Feeds = Readonly<Record<string, Float32Array<ArrayBuffer>>>;

/** A plan made executable; the GPU's and the CPU's are interchangeable. */
export interface PlanExecutor {
  /** feeds: every value of plan.inputs. `readTaps` false leaves the taps on the device. */
  run(feeds: Feeds, readTaps: boolean): Promise<PlanRun>;
  destroy(): void;
}
