import type { ModelCard } from "../../models/config.ts";
import type { Histogram } from "../../quant/observers/histogram.ts";
import type { Codebook } from "../../quant/schemes/scheme.ts";
import type { AdapterDescription, Comparison, QuantizeRequest } from "../../runner/comparison.ts";
import type { InspectedTensor } from "../../runner/inspect/inspect-graph.ts";
import type { Progress } from "../../tensor/progress.ts";
import type { DiagnosisApi } from "./diagnosis-api.ts";

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

/** A quantization method as the page offers it. */
export interface RecipeChoice {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** null for folklore. */
  readonly paper: string | null;
  /** It calibrates on this many images where there are as many. */
  readonly calibrationImages: number;
  readonly minimumImages: number;
  /** Bit widths that the method is defined for. */
  readonly bitRange: { readonly lowest: number; readonly highest: number };
}

/** A place where activations are quantized. */
export interface LevelSite {
  /** "blocks.3.attn.matmul2.probabilities". */
  readonly id: string;
  /** Block index, or null outside the blocks. */
  readonly block: number | null;
  /** In words, without the block: "attention probabilities". */
  readonly title: string;
  /** In words: "log sqrt 2". */
  readonly scheme: string;
  readonly bits: number;
  /** What has a quantizer of its own: null, the whole tensor; row: each row, fitted while the model runs; otherwise each of `entries` parts. */
  readonly part: "channel" | "head" | "token" | "row" | null;
  readonly entries: number;
}

/** One quantized model's comparison, and what only the worker can tell about it. */
export interface LabSide extends Comparison {
  /** Mean bits of what matrix layers multiply: per weight, per activation element read. */
  readonly effectiveBits: { readonly weights: number; readonly activations: number };
  /** Images that calibrated; 0 for a model that came quantized. */
  readonly calibrationCount: number;
  readonly sites: readonly LevelSite[];
}

/** Something that makes figures less trustworthy, with a stable code. */
export interface LabWarning {
  readonly code: string;
  readonly text: string;
}

export interface LabComparison {
  /** Names this run in later questions about it. */
  readonly id: string;
  /** What was asked for; `main.request` has bits by layer that the recipe allocated beside it. */
  readonly asked: CompareRequest;
  readonly main: LabSide;
  readonly baseline: LabSide | null;
  readonly warnings: readonly LabWarning[];
}

/** Which levels to show. */
export interface LevelsRequest {
  /** `LabComparison.id`. */
  readonly comparison: string;
  readonly side: "main" | "baseline";
  /** `LevelSite.id`. */
  readonly site: string;
  /** Which part has its own quantizer, from 0; 0 where the whole tensor shares one. */
  readonly entry: number;
}

/** Real values at a site, on one calibration image, and what its quantizer makes of them. */
export interface SiteLevels {
  readonly histogram: Pick<Histogram, "centres" | "counts">;
  /** null where levels are found anew for every row while it runs. */
  readonly codebook: Pick<Codebook, "thresholds" | "ascending" | "decode" | "zeroCode"> | null;
  /** How the values are best looked at: probabilities by octaves. */
  readonly axis: "linear" | "log";
  readonly image: string;
}

/** The worker's face, called through comlink; every long call takes a job id that `cancel` stops (it then rejects with AbortError). */
export interface LabApi extends DiagnosisApi {
  adapter(): Promise<AdapterDescription>;
  selfTest(jobId: string, onProgress: (progress: Progress) => void): Promise<SelfTestReport>;
  openModel(files: readonly DroppedFile[], overrides: { readonly numHeads?: number }): Promise<OpenedModel>;
  openSample(jobId: string, onProgress: (progress: Progress) => void): Promise<{ model: OpenedModel; images: ImageSet }>;
  openImages(jobId: string, files: readonly DroppedFile[], onProgress: (progress: Progress) => void): Promise<ImageSet>;
  compare(jobId: string, request: CompareRequest, onProgress: (progress: Progress) => void): Promise<LabComparison>;
  recipes(): Promise<readonly RecipeChoice[]>;
  /** Every parameter of the open model, in the order of the network. */
  inspect(jobId: string, onProgress: (progress: Progress) => void): Promise<readonly InspectedTensor[]>;
  /** Of the last comparison that was made. */
  levels(jobId: string, request: LevelsRequest): Promise<SiteLevels>;
  cancel(jobId: string): Promise<void>;
}

/** How an InputError crosses the worker border (comlink keeps only message and name of an Error). */
export interface ErrorParts {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}
