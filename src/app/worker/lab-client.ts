import { proxy, wrap } from "comlink";
import type { Endpoint } from "comlink";
import type { ModelCard } from "../../models/config.ts";
import type { AdapterDescription, QuantizeRequest } from "../../runner/comparison.ts";
import type { LabelColumns } from "../../formats/label-columns.ts";
import type { NormalisationCheck } from "../../runner/data/check-normalisation.ts";
import type { Manifest } from "../../runner/data/manifest.ts";
import type { SplitRule } from "../../runner/data/choose-images.ts";
import type { InspectedTensor } from "../../runner/inspect/inspect-graph.ts";
import type { Job, Progress } from "../../tensor/progress.ts";
import type { BenchClient } from "./bench-api.ts";
import type { DiagnosisClient, DiagnosisPart, HeldModel, SweepNews } from "./diagnosis-api.ts";
import { abortError, errorOf } from "./error-border.ts";
import type {
  CompareRequest,
  DroppedFile,
  ExportChoice,
  ImageSet,
  ImageView,
  LabApi,
  LabComparison,
  LabExport,
  LabRecipeSites,
  LabStability,
  LabTwin,
  LevelsRequest,
  OpenedModel,
  PreprocessingPreview,
  RecipeChoice,
  SelfTestReport,
  SiteLevels,
} from "./lab-api.ts";

/** The page's side of the border: `LabApi` with an AbortSignal instead of job ids, rejecting with InputError, AbortError or a plain Error (a bug). */
export interface LabClient extends DiagnosisClient, BenchClient {
  adapter(): Promise<AdapterDescription>;
  recipes(): Promise<readonly RecipeChoice[]>;
  selfTest(job: Job): Promise<SelfTestReport>;
  openModel(files: readonly DroppedFile[], overrides: { readonly numHeads?: number }, job: Job): Promise<OpenedModel>;
  openSample(job: Job): Promise<{ model: OpenedModel; images: ImageSet }>;
  openImages(files: readonly DroppedFile[], job: Job): Promise<ImageSet>;
  chooseImages(rule: SplitRule, job: Job): Promise<ImageSet>;
  useManifest(file: DroppedFile, job: Job): Promise<ImageSet>;
  pickLabelColumns(columns: LabelColumns, job: Job): Promise<ImageSet>;
  manifest(job: Job): Promise<Manifest>;
  thumbnail(index: number, kind: "original" | "seen", job: Job): Promise<ImageBitmap>;
  viewImage(index: number, job: Job): Promise<ImageView>;
  choosePreprocessing(text: string | null, job: Job): Promise<{ model: OpenedModel; images: ImageSet | null }>;
  previewPreprocessing(index: number, text: string, job: Job): Promise<PreprocessingPreview>;
  fingerprint(job: Job): Promise<{ weights: string; images: string | null }>;
  stability(request: QuantizeRequest, job: Job): Promise<LabStability>;
  normalisation(job: Job): Promise<NormalisationCheck>;
  compare(request: CompareRequest, job: Job): Promise<LabComparison>;
  modelCards(models: readonly (readonly DroppedFile[])[], job: Job): Promise<readonly (ModelCard | null)[]>;
  compareTwin(other: readonly DroppedFile[], job: Job): Promise<LabTwin>;
  inspect(job: Job): Promise<readonly InspectedTensor[]>;
  exportChoices(): Promise<readonly ExportChoice[]>;
  exportModel(held: HeldModel, format: string, job: Job): Promise<LabExport>;
  recipeSites(recipe: string, job: Job): Promise<LabRecipeSites>;
  levels(request: LevelsRequest, job: Job): Promise<SiteLevels>;
}

/** `crashed` rejects when the worker dies; every open and later call then fails with it instead of waiting for ever. */
export function createLabClient(endpoint: Endpoint, crashed: Promise<never>): LabClient {
  const remote = wrap<LabApi>(endpoint);
  let jobCount = 0;
  // The crash is also observed here, so that it is no unhandled rejection when no call is open.
  crashed.catch(() => undefined);

  function call<T>(job: Job, start: (jobId: string, onProgress: (progress: Progress) => void) => Promise<T>): Promise<T> {
    const { signal, onProgress } = job;
    if (signal?.aborted === true) return Promise.reject(abortError());
    const jobId = `job-${++jobCount}`;
    const report = proxy((progress: Progress) => {
      if (signal?.aborted !== true) onProgress?.(progress);
    });
    return new Promise<T>((resolve, reject) => {
      // The page goes on at once; the worker stops at its next check.
      const stop = (): void => {
        remote.cancel(jobId).catch(() => undefined);
        reject(abortError());
      };
      signal?.addEventListener("abort", stop, { once: true });
      Promise.race([start(jobId, report), crashed])
        .then(resolve, (error: unknown) => reject(errorOf(error)))
        .finally(() => signal?.removeEventListener("abort", stop));
    });
  }

  return {
    adapter: () => call({}, () => remote.adapter()),
    recipes: () => call({}, () => remote.recipes()),
    selfTest: (job) => call(job, (id, report) => remote.selfTest(id, report)),
    openModel: (files, overrides, job) => call(job, () => remote.openModel(files, overrides)),
    openSample: (job) => call(job, (id, report) => remote.openSample(id, report)),
    openImages: (files, job) => call(job, (id, report) => remote.openImages(id, files, report)),
    chooseImages: (rule, job) => call(job, (id, report) => remote.chooseImages(id, rule, report)),
    useManifest: (file, job) => call(job, (id, report) => remote.useManifest(id, file, report)),
    pickLabelColumns: (columns, job) => call(job, (id) => remote.pickLabelColumns(id, columns)),
    manifest: (job) => call(job, (id, report) => remote.manifest(id, report)),
    thumbnail: (index, kind, job) => call(job, () => remote.thumbnail(index, kind)),
    viewImage: (index, job) => call(job, () => remote.viewImage(index)),
    choosePreprocessing: (text, job) => call(job, (id, report) => remote.choosePreprocessing(id, text, report)),
    previewPreprocessing: (index, text, job) => call(job, () => remote.previewPreprocessing(index, text)),
    fingerprint: (job) => call(job, (id, report) => remote.fingerprint(id, report)),
    stability: (request, job) => call(job, (id, report) => remote.stability(id, request, report)),
    normalisation: (job) => call(job, (id, report) => remote.normalisation(id, report)),
    compare: (request, job) => call(job, (id, report) => remote.compare(id, request, report)),
    modelCards: (models, job) => call(job, () => remote.modelCards(models)),
    compareTwin: (other, job) => call(job, (id, report) => remote.compareTwin(id, other, report)),
    inspect: (job) => call(job, (id, report) => remote.inspect(id, report)),
    exportChoices: () => call({}, () => remote.exportChoices()),
    exportModel: (held, format, job) => call<LabExport>(job, async (id, report) => await remote.exportModel(id, held, format, report)),
    recipeSites: (recipe, job) => call(job, (id) => remote.recipeSites(id, recipe)),
    levels: (request, job) => call(job, (id) => remote.levels(id, request)),
    diagnose: (request, job) => call<DiagnosisPart>(job, async (id, report) => await remote.diagnose(id, request, report)),
    attention: (request, job) => call(job, (id, report) => remote.attention(id, request, report)),
    tuning: () => call({}, () => remote.tuning()),
    tune: (request, job) => call(job, (id, report) => remote.tune(id, request, report)),
    forgetTuning: () => call({}, () => remote.forgetTuning()),
    profile: (request, job) => call(job, (id, report) => remote.profile(id, request, report)),
    runOnSoftwareAdapter: (isUsed) => call({}, () => remote.runOnSoftwareAdapter(isUsed)),
    deviceLosses: (seen) => call({}, () => remote.deviceLosses(seen)),
    sweep: (ask, job, onNews) =>
      call(job, (id, report) => {
        // What is still on its way when the page has gone on is not heard.
        const tell = proxy((news: SweepNews) => {
          if (job.signal?.aborted !== true) void onNews(news);
        });
        return remote.sweep(id, ask, report, tell);
      }),
  };
}
