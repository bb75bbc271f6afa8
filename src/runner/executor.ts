/** The result of one run of a plan. */
export interface PlanRun {
  /** Raw words of the output value. */
  readonly output: Uint32Array<ArrayBuffer>;
  /** Raw words of the plan's taps, by name. */
  readonly taps: ReadonlyMap<string, Uint32Array<ArrayBuffer>>;
}

/** A plan made executable; the GPU's and the CPU's are interchangeable. */
export interface PlanExecutor {
  /** pixels: [plan.images, C, H, W], normalised f32. `readTaps` false leaves the taps on the device. */
  run(pixels: Float32Array<ArrayBuffer>, readTaps: boolean): Promise<PlanRun>;
  destroy(): void;
}
