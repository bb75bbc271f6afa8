import type { Recipe } from "../../quant/recipes/recipe.ts";
import type { ModelCard, Preprocessing } from "../../models/config.ts";
import type { Histogram } from "../../quant/observers/histogram.ts";
import type { Codebook } from "../../quant/schemes/scheme.ts";
import type { RecipeSite } from "../../quant/rules/recipe-site.ts";
import type { AdapterDescription, Comparison, QuantizeRequest } from "../../runner/comparison.ts";
import type { FloatComparison } from "../../runner/compare-floats.ts";
import type { LabelMapping } from "../../runner/data/map-labels.ts";
import type { LabelColumns } from "../../formats/label-columns.ts";
import type { LabelFile } from "./label-file.ts";
import type { ImageNote } from "../../runner/data/image-notes.ts";
import type { SplitRule } from "../../runner/data/choose-images.ts";
import type { NormalisationCheck } from "../../runner/data/check-normalisation.ts";
import type { Manifest } from "../../runner/data/manifest.ts";
import type { SiteSpread, Stability } from "../../runner/data/scale-stability.ts";
import type { InspectedTensor } from "../../runner/inspect/inspect-graph.ts";
import type { Progress } from "../../tensor/progress.ts";
import type { ExportedFile } from "../../runner/export/export-format.ts";
import type { BenchApi } from "./bench-api.ts";
import type { DiagnosisApi, HeldModel } from "./diagnosis-api.ts";

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
  /** How the model itself wants its images, whatever was chosen instead: `card.preprocessing` is what is in use. */
  readonly stated: StatedPreprocessing;
}

export interface StatedPreprocessing {
  readonly preprocessing: Preprocessing;
  /** Which of the model's files says so; null where its family's is assumed, or a package brings it along. */
  readonly file: string | null;
  readonly isAssumed: boolean;
}

/** One image under a preprocessing that is not in use yet. */
export interface PreprocessingPreview {
  readonly seen: ImageBitmap;
  /** Of the normalised numbers. */
  readonly lowest: number;
  readonly highest: number;
  readonly mean: number;
}

/** What an image is used for; "skipped": it could not be read, or is of an unusual size. */
export type ImageUse = "calibration" | "evaluation" | "both" | "unused" | "skipped";

/** One of the images that were given, by its place among them. */
export interface GivenImage {
  readonly name: string;
  readonly label: number | null;
  readonly use: ImageUse;
}

/** An image looked at closely. */
export interface ImageView {
  readonly width: number;
  readonly height: number;
  /** 0 where there is no file. */
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What of the file the model does not see, in sentences. */
  readonly remarks: readonly string[];
  readonly original: ImageBitmap;
  /** After resize and crop. */
  readonly seen: ImageBitmap;
}

export interface LabStability extends Stability {
  readonly recipe: string;
  readonly sites: readonly (SiteSpread & { readonly block: number | null; readonly title: string })[];
}

/** A file that was left out, and why. */
export interface SkippedImage {
  readonly name: string;
  readonly reason: string;
  /** Of an image that can be read and has an unusual size: it is used where somebody asks for it. */
  readonly isUnusual: boolean;
}

export interface ImageSet {
  readonly evaluation: readonly LabImage[];
  /** How many images calibrate; drawn from images that are not evaluated where there are enough. */
  readonly calibrationCount: number;
  readonly skipped: readonly SkippedImage[];
  /** Files inside archives that systems leave behind. */
  readonly ignored: readonly string[];
  /** On the images in use. */
  readonly notes: readonly ImageNote[];
  /** True when calibration and evaluation share images (too few were given). */
  readonly leakage: boolean;
  /** Every image that was given. */
  readonly items: readonly GivenImage[];
  /** How images were chosen; null where a manifest chose them. */
  readonly rule: SplitRule | null;
  readonly labels: Omit<LabelMapping, "labels">;
  /** The table that came with the images; null where none did. */
  readonly labelFile: LabelFile | null;
}

export interface CompareRequest extends QuantizeRequest {
  /** Also run this baseline recipe at the same bits, to say what the recipe rescued. */
  readonly baseline: string | null;
}

/** A quantization method as the page offers it. */
export interface RecipeChoice {
  readonly name: string;
  /** What it does beyond choosing ranges. */
  readonly group: Recipe["group"];
  readonly label: string;
  readonly description: string;
  /** null for folklore. */
  readonly paper: string | null;
  /** It calibrates on this many images where there are as many. */
  readonly calibrationImages: number;
  readonly minimumImages: number;
  /** It gives layers bits of their own, the asked ones on average. */
  readonly isMixed: boolean;
  /** Where layers get bits of their own only sometimes: at these bits of weights and activations alike; null: always. */
  readonly mixedAt: readonly number[] | null;
  /** Bit widths that the method is defined for. */
  readonly bitRange: { readonly lowest: number; readonly highest: number };
}

/** What a recipe quantizes in the open model, from shapes alone. */
export interface LabRecipeSites {
  readonly recipe: string;
  /** All parameters in f32. */
  readonly floatBytes: number;
  readonly sites: readonly RecipeSite[];
}

/** A form that a quantized model can be written in. */
export interface ExportChoice {
  readonly name: string;
  readonly label: string;
  /** Who opens it. */
  readonly summary: string;
}

/** A model as files. */
export interface LabExport {
  readonly files: readonly ExportedFile[];
  /** What reading it back found, in words; null where that is not done. */
  readonly readBack: string | null;
  /** What the format has no place for. */
  readonly notes: readonly string[];
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

/** The open model against another float model, image by image. */
export interface LabTwin extends FloatComparison {
  readonly reference: string;
  readonly other: string;
  readonly notes: readonly string[];
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
  /** How the images were prepared. */
  readonly preprocessing: Preprocessing;
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
export interface LabApi extends DiagnosisApi, BenchApi {
  adapter(): Promise<AdapterDescription>;
  selfTest(jobId: string, onProgress: (progress: Progress) => void): Promise<SelfTestReport>;
  openModel(files: readonly DroppedFile[], overrides: { readonly numHeads?: number }): Promise<OpenedModel>;
  openSample(jobId: string, onProgress: (progress: Progress) => void): Promise<{ model: OpenedModel; images: ImageSet }>;
  openImages(jobId: string, files: readonly DroppedFile[], onProgress: (progress: Progress) => void): Promise<ImageSet>;
  chooseImages(jobId: string, rule: SplitRule, onProgress: (progress: Progress) => void): Promise<ImageSet>;
  /** Chooses among the open images those that a manifest names. */
  useManifest(jobId: string, file: DroppedFile, onProgress: (progress: Progress) => void): Promise<ImageSet>;
  /** Labels from other columns of the table that came with the images. */
  pickLabelColumns(jobId: string, columns: LabelColumns): Promise<ImageSet>;
  manifest(jobId: string, onProgress: (progress: Progress) => void): Promise<Manifest>;
  thumbnail(index: number, kind: "original" | "seen"): Promise<ImageBitmap>;
  viewImage(index: number): Promise<ImageView>;
  /** What the open model's images are to go through, as `printPreprocessing` writes it; null: as the model says. Images that are open are prepared again. */
  choosePreprocessing(
    jobId: string,
    text: string | null,
    onProgress: (progress: Progress) => void,
  ): Promise<{ model: OpenedModel; images: ImageSet | null }>;
  previewPreprocessing(index: number, text: string): Promise<PreprocessingPreview>;
  /** Digests of the open model's weights and of the images in use, as the model reads them; null without images. */
  fingerprint(jobId: string, onProgress: (progress: Progress) => void): Promise<{ weights: string; images: string | null }>;
  /** The recipe on two disjoint halves of the calibration images. */
  stability(jobId: string, request: QuantizeRequest, onProgress: (progress: Progress) => void): Promise<LabStability>;
  /** The float model under every usual mean and standard deviation, on the first images that are judged. */
  normalisation(jobId: string, onProgress: (progress: Progress) => void): Promise<NormalisationCheck>;
  compare(jobId: string, request: CompareRequest, onProgress: (progress: Progress) => void): Promise<LabComparison>;
  /** Read from headers, nothing is opened; null for files that are no model. */
  modelCards(models: readonly (readonly DroppedFile[])[]): Promise<readonly (ModelCard | null)[]>;
  /** Both in float, on the images that are judged. */
  compareTwin(jobId: string, other: readonly DroppedFile[], onProgress: (progress: Progress) => void): Promise<LabTwin>;
  recipes(): Promise<readonly RecipeChoice[]>;
  exportChoices(): Promise<readonly ExportChoice[]>;
  /** One of the last comparison's models, by the name of an export choice. */
  exportModel(jobId: string, held: HeldModel, format: string, onProgress: (progress: Progress) => void): Promise<LabExport>;
  recipeSites(jobId: string, recipe: string): Promise<LabRecipeSites>;
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
