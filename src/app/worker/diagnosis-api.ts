import type { AttentionMaps } from "../../runner/diagnose/attention-maps.ts";
import type { Observations } from "../../runner/diagnose/observe-model.ts";
import type { PartKind, Ranking, RankMode } from "../../runner/diagnose/rank-parts.ts";
import type { ErrorSplit } from "../../runner/diagnose/split-error.ts";
import type { AdapterDescription } from "../../runner/comparison.ts";
import type { BitSetting } from "../../runner/sweep/bit-setting.ts";
import type { Contestant } from "../../runner/sweep/contestant.ts";
import type { SweepRow } from "../../runner/sweep/sweep.ts";
import type { Job, Progress } from "../../tensor/progress.ts";

/** One of the last comparison's quantized models. */
export interface HeldModel {
  /** `LabComparison.id` */
  readonly comparison: string;
  readonly side: "main" | "baseline";
}

/** What to measure. */
export type DiagnosisAsk =
  | { readonly part: "observations" }
  | { readonly part: "split" }
  | { readonly part: "ranking"; readonly kind: PartKind; readonly mode: RankMode };

export interface DiagnoseRequest extends HeldModel {
  readonly ask: DiagnosisAsk;
  /** Evaluation images to look at, by their index. */
  readonly images: readonly number[];
}

export type DiagnosisPart =
  | { readonly part: "observations"; readonly observations: Observations }
  | { readonly part: "split"; readonly split: ErrorSplit }
  | { readonly part: "ranking"; readonly ranking: Ranking };

export interface AttentionRequest extends HeldModel {
  /** Index among the evaluation images. */
  readonly image: number;
}

export interface SweepAsk {
  readonly contestants: readonly Contestant[];
  readonly bits: readonly BitSetting[];
  /** Rows of an earlier run on the same model and images: not measured again. */
  readonly known: readonly SweepRow[];
}

/** The float model's own point. */
export interface SweepFloat {
  readonly floatBytes: number;
  readonly floatMs: number;
  readonly imageCount: number;
  readonly adapter: AdapterDescription;
}

/** What a sweep tells while it runs. */
export type SweepNews = { readonly float: SweepFloat } | { readonly row: SweepRow };

/** The part of the worker's face that looks into models and over many of them. */
export interface DiagnosisApi {
  diagnose(jobId: string, request: DiagnoseRequest, onProgress: (progress: Progress) => void): Promise<DiagnosisPart>;
  /** null for models without a look over the whole image. */
  attention(jobId: string, request: AttentionRequest, onProgress: (progress: Progress) => void): Promise<AttentionMaps | null>;
  sweep(
    jobId: string,
    ask: SweepAsk,
    onProgress: (progress: Progress) => void,
    onNews: (news: SweepNews) => void | Promise<void>,
  ): Promise<void>;
}

/** The same on the page's side. */
export interface DiagnosisClient {
  diagnose(request: DiagnoseRequest, job: Job): Promise<DiagnosisPart>;
  attention(request: AttentionRequest, job: Job): Promise<AttentionMaps | null>;
  sweep(ask: SweepAsk, job: Job, onNews: (news: SweepNews) => void | Promise<void>): Promise<void>;
}
