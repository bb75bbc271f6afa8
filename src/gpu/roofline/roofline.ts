/** What an adapter can do at most, measured on itself: the yardstick of "percent of floor". Plain data. */
export interface Roofline {
  /** f32 operations a second in multiply-adds, two each. */
  readonly fmaPerSecond: number;
  /** Integer operations a second in packed dot products of four, eight each; null where the adapter has none. */
  readonly packedDotPerSecond: number | null;
  readonly exp2PerSecond: number;
  /** Bytes a second read from a buffer of 64 MiB (8 MiB on a software adapter). */
  readonly readBytesPerSecond: number;
  /** Seconds that two barriers add to a step of a workgroup of 64. */
  readonly barrierSeconds: number;
  /** Seconds that one more dispatch in a pass costs. */
  readonly dispatchSeconds: number;
  /** Seconds of an encoder with one small dispatch, its submit, and the wait for it. */
  readonly submitSeconds: number;
  /** Seconds from the submit of a copy of 16 bytes until they are mapped. */
  readonly readbackSeconds: number;
  readonly elapsedMs: number;
  /** The times say nothing about a GPU. */
  readonly isSoftware: boolean;
}
