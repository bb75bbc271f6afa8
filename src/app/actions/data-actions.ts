import type { LabelColumns } from "../../formats/label-columns.ts";
import type { SplitRule } from "../../runner/data/choose-images.ts";
import type { Manifest } from "../../runner/data/manifest.ts";
import type { Job } from "../../tensor/progress.ts";
import type { LabStore } from "../store/lab-store.ts";
import type { DroppedFile, ImageView, PreprocessingPreview } from "../worker/lab-api.ts";
import type { LabClient } from "../worker/lab-client.ts";
import type { JobRunner } from "./job-runner.ts";

/** The images in use: which ones, with which labels, prepared how, and what can be said of them. */
export interface DataActions {
  /** Other images calibrate and are judged: by a rule, or those that a manifest names. */
  chooseImages(choice: SplitRule | DroppedFile): Promise<void>;
  /** Labels from other columns of the table that came with the images. */
  pickLabelColumns(columns: LabelColumns): Promise<void>;
  /** How images reach the model, as `printPreprocessing` writes it; null: as the model says. */
  choosePreprocessing(text: string | null): Promise<void>;
  /** Not a job: nothing else waits for it, and it stops nothing. */
  previewPreprocessing(index: number, text: string, signal: AbortSignal): Promise<PreprocessingPreview>;
  /** Digests of the images in use; null when it was cancelled or failed. */
  manifest(): Promise<Manifest | null>;
  stability(): Promise<void>;
  /** Whether the images are normalised as the model was trained. */
  normalisation(): Promise<void>;
  /** Not jobs: nothing else waits for them, and they stop nothing. */
  thumbnail(index: number, kind: "original" | "seen", signal: AbortSignal): Promise<ImageBitmap>;
  viewImage(index: number, signal: AbortSignal): Promise<ImageView>;
}

/** `prepare`: part of other jobs, for sessions and links. */
export function createDataActions(
  store: LabStore,
  client: LabClient,
  jobs: JobRunner,
): DataActions & { prepare(text: string | null, job: Job): Promise<void> } {
  const state = store.getState;

  async function prepare(text: string | null, job: Job): Promise<void> {
    const { model, images } = await client.choosePreprocessing(text, job);
    job.signal?.throwIfAborted();
    state().setPrepared(model, images);
  }

  return {
    prepare,
    thumbnail: (index, kind, signal) => client.thumbnail(index, kind, { signal }),
    viewImage: (index, signal) => client.viewImage(index, { signal }),
    async chooseImages(choice) {
      await jobs.run("Choosing images", false, async (job) => {
        const images = "blob" in choice ? await client.useManifest(choice, job) : await client.chooseImages(choice, job);
        job.signal?.throwIfAborted();
        state().setImages(images, state().imageFiles);
        return `${images.calibrationCount} images calibrate, ${images.evaluation.length} are judged.`;
      });
    },
    async pickLabelColumns(columns) {
      await jobs.run("Reading labels", false, async (job) => {
        const images = await client.pickLabelColumns(columns, job);
        job.signal?.throwIfAborted();
        state().setImages(images, state().imageFiles);
        return `Labels are read from the column ${columns.label}.`;
      });
    },
    async choosePreprocessing(text) {
      await jobs.run("Preparing images", false, async (job) => {
        await prepare(text, job);
        return text === null ? "Images are prepared as the model says." : "Images are prepared as you chose.";
      });
    },
    previewPreprocessing: (index, text, signal) => client.previewPreprocessing(index, text, { signal }),
    async manifest() {
      let found: Manifest | null = null;
      await jobs.run("Hashing images", false, async (job) => {
        const manifest = await client.manifest(job);
        job.signal?.throwIfAborted();
        found = manifest;
        return `${manifest.images.length} images are listed.`;
      });
      return found;
    },
    async stability() {
      if (state().model === null || state().images === null) return;
      await jobs.run("Calibrating twice", false, async (job) => {
        const stability = await client.stability(state().controls, job);
        job.signal?.throwIfAborted();
        state().setStability(stability);
        return "Both halves are calibrated.";
      });
    },
    async normalisation() {
      if (state().model === null || state().images === null) return;
      await jobs.run("Trying other normalisations", false, async (job) => {
        const check = await client.normalisation(job);
        job.signal?.throwIfAborted();
        state().setNormalisation(check);
        return check.better === null ? "The normalisation fits." : "Another normalisation does better.";
      });
    },
  };
}
