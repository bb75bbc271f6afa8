import type { ModelCard } from "../../models/config.ts";
import type { AdapterDescription, Comparison, QuantizeRequest } from "../../runner/comparison.ts";
import type { Progress } from "../../tensor/progress.ts";

/** A file as dropped: `path` keeps the folder ("photos/cat.jpg"). */
export interface DroppedFile {
  readonly path: string;
  readonly blob: Blob;
}

/** An image as the lab holds it; pixels stay in the worker, the thumbnail is an object the page can draw. */
export interface LabImage {
  readonly id: string;
  readonly name: string;
  /** Class index when labels are known. */
  readonly label: number | null;
  /** What the model sees after resize and crop, for drawing. */
  readonly thumbnail: ImageBitmap;
}

export interface SelfTestReport {
  readonly passed: number;
  readonly failed: number;
  /** Kernels the adapter cannot run, compile-checked only. */
  readonly notExecuted: readonly string[];
  readonly cases: readonly { readonly kernel: string; readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly elapsedMs: number;
}

export interface OpenedModel {
  readonly card: ModelCard;
  /** Says in plain words what the bundled sample is; null for the user's own model. */
  readonly note: string | null;
}

export interface ImageSet {
  readonly evaluation: readonly LabImage[];
  /** How many images calibrate; drawn from images that are not evaluated where there are enough. */
  readonly calibrationCount: number;
  /** Files that were skipped, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** True when calibration and evaluation share images (too few were given). */
  readonly leakage: boolean;
}

export interface CompareRequest extends QuantizeRequest {
  /** Also run this baseline recipe at the same bits, to say what the recipe rescued. */
  readonly baseline: string | null;
}

export interface LabComparison {
  readonly main: Comparison;
  readonly baseline: Comparison | null;
}

/** The worker's face, called through comlink; every long call takes a job id that `cancel` stops (it then rejects with AbortError). */
export interface LabApi {
  adapter(): Promise<AdapterDescription>;
  selfTest(jobId: string, onProgress: (progress: Progress) => void): Promise<SelfTestReport>;
  openModel(files: readonly DroppedFile[], overrides: { readonly numHeads?: number }): Promise<OpenedModel>;
  openSample(jobId: string, onProgress: (progress: Progress) => void): Promise<{ model: OpenedModel; images: ImageSet }>;
  openImages(jobId: string, files: readonly DroppedFile[], onProgress: (progress: Progress) => void): Promise<ImageSet>;
  compare(jobId: string, request: CompareRequest, onProgress: (progress: Progress) => void): Promise<LabComparison>;
  recipes(): Promise<readonly { readonly name: string; readonly label: string; readonly description: string }[]>;
  cancel(jobId: string): Promise<void>;
}

/** How an InputError crosses the worker border (comlink keeps only message and name of an Error). */
export interface ErrorParts {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}
