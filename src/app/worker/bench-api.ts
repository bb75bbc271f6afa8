import type { ProfileReport } from "../../runner/profile/profile-report.ts";
import type { AdapterTuning } from "../../runner/tune/adapter-tuning.ts";
import type { Job, Progress } from "../../tensor/progress.ts";

/** Which forward is measured: of the open float model, its weights and activations stored in 32 or in 16 bits, or of the quantized one (the last comparison's, or the open package). */
export interface BenchRequest {
  readonly model: "float" | "float16" | "quantized";
  /** Batch size. */
  readonly images: number;
}

/** The part of the worker's face that measures the adapter. */
export interface BenchApi {
  /** What is known of the adapter, from this visit or an earlier one; null when nothing is. */
  tuning(): Promise<AdapterTuning | null>;
  /** Measures what is not known yet of the model's layers and of the adapter; models that are opened later run with it. */
  tune(jobId: string, request: BenchRequest, onProgress: (progress: Progress) => void): Promise<AdapterTuning>;
  forgetTuning(): Promise<void>;
  profile(jobId: string, request: BenchRequest, onProgress: (progress: Progress) => void): Promise<ProfileReport>;
  /** Whether comparisons, diagnoses and sweeps run on a software adapter, where there is no other: by default WebAssembly computes them, several times faster. */
  runOnSoftwareAdapter(isUsed: boolean): Promise<void>;
  /** Answers as soon as more than `seen` devices have been lost, with how many. */
  deviceLosses(seen: number): Promise<number>;
}

/** The same on the page's side. */
export interface BenchClient {
  tuning(): Promise<AdapterTuning | null>;
  tune(request: BenchRequest, job: Job): Promise<AdapterTuning>;
  forgetTuning(): Promise<void>;
  profile(request: BenchRequest, job: Job): Promise<ProfileReport>;
  runOnSoftwareAdapter(isUsed: boolean): Promise<void>;
  deviceLosses(seen: number): Promise<number>;
}
