import type { Job } from "../../tensor/progress.ts";
import { completeImages, completeModel, sortFiles } from "../drop/sort-files.ts";
import { compareRequest } from "../store/controls-slice.ts";
import { recipeLabel } from "../store/engine-slice.ts";
import type { LabStore } from "../store/lab-store.ts";
import { verdictOf } from "../verdict.ts";
import type { DroppedFile, LevelsRequest, SiteLevels } from "../worker/lab-api.ts";
import type { LabClient } from "../worker/lab-client.ts";
import { createDiagnosisActions, type DiagnosisActions } from "./diagnosis-actions.ts";
import { createJobRunner, errorParts } from "./job-runner.ts";

/** Everything a person can make the page do; components call these and nothing else. */
export interface LabActions extends DiagnosisActions {
  start(): Promise<void>;
  trySample(): Promise<void>;
  /** A drop is still being walked when it arrives here. */
  openFiles(files: readonly DroppedFile[] | Promise<readonly DroppedFile[]>): Promise<void>;
  changeHeads(numHeads: number): Promise<void>;
  compare(): Promise<void>;
  runSelfTest(): Promise<void>;
  /** Statistics of every parameter of the open model. */
  inspect(): Promise<void>;
  cancel(): void;
  /** Not a job: nothing else waits for it, and it stops nothing. */
  levels(request: LevelsRequest, signal: AbortSignal): Promise<SiteLevels>;
}

export function createLabActions(store: LabStore, client: LabClient, nowMs: () => number): LabActions {
  const jobs = createJobRunner(store, nowMs);
  const state = store.getState;
  /** The files of the last attempt, also of a failed one: the missing shard may come next. */
  let attempted: readonly DroppedFile[] = [];

  async function start(): Promise<void> {
    await Promise.all([
      client.adapter().then(
        (adapter) => state().setAdapter({ kind: "ready", adapter }),
        (error: unknown) => state().setAdapter({ kind: "missing", error: errorParts(error) }),
      ),
      client.recipes().then(
        (recipes) => {
          state().setRecipes(recipes);
          const [first] = recipes;
          if (first !== undefined && !recipes.some((recipe) => recipe.name === state().controls.recipe))
            state().setControls({ recipe: first.name });
        },
        () => undefined, // the same broken engine already answered for the adapter
      ),
    ]);
  }

  /** Compares what is open; returns the sentence to announce. */
  async function compareNow(job: Job): Promise<string> {
    state().renameJob("Comparing");
    // Whoever opens files or sets a recipe waits for what comes of it; elsewhere nobody is moved.
    if (state().panel === "open" || state().panel === "recipe") state().setPanel("compare");
    const result = await client.compare(compareRequest(state().controls, state().versus), job);
    job.signal?.throwIfAborted();
    state().setResult(result);
    // The engine knows its faster integer execution only after it has run.
    state().setAdapter({ kind: "ready", adapter: result.main.env.adapter });
    return verdictOf(result, (name) => recipeLabel(state().recipes, name)).sentence;
  }

  async function openModel(files: readonly DroppedFile[], overrides: { readonly numHeads?: number }, job: Job): Promise<void> {
    const model = await client.openModel(files, overrides, job);
    job.signal?.throwIfAborted();
    state().setModel(model, files);
  }

  async function openImages(files: readonly DroppedFile[], job: Job): Promise<void> {
    const images = await client.openImages(files, job);
    job.signal?.throwIfAborted();
    state().setImages(images, files);
  }

  /** After the first result, when nothing else runs, the kernels are checked on this adapter. */
  async function selfTestOnce(): Promise<void> {
    if (state().selfTest.kind === "not-run" && state().result !== null && state().job === null) await runSelfTest();
  }

  async function runSelfTest(): Promise<void> {
    state().setSelfTest({ kind: "running", done: 0, total: 0 });
    const finished = await jobs.run("Checking this GPU's kernels", true, async ({ signal, onProgress }) => {
      const report = await client.selfTest({
        signal,
        onProgress: (progress) => {
          onProgress?.(progress);
          // The last report may arrive after the result.
          if (signal?.aborted !== true && state().selfTest.kind === "running")
            state().setSelfTest({ kind: "running", done: progress.done, total: progress.total });
        },
      });
      signal?.throwIfAborted();
      state().setSelfTest({ kind: "done", report });
      return "";
    });
    if (!finished) state().setSelfTest({ kind: "not-run" });
  }

  return {
    ...createDiagnosisActions(store, client, jobs, compareNow),
    start,
    runSelfTest,
    cancel: jobs.cancel,
    levels: (request, signal) => client.levels(request, { signal }),
    async trySample() {
      const done = await jobs.run("Opening the sample", false, async (job) => {
        const { model, images } = await client.openSample(job);
        job.signal?.throwIfAborted();
        state().setSample(model, images);
        attempted = [];
        return compareNow(job);
      });
      if (done) await selfTestOnce();
    },
    async openFiles(files) {
      if ("length" in files && files.length === 0) return;
      const done = await jobs.run("Opening your files", false, async (job) => {
        const found = await files;
        job.signal?.throwIfAborted();
        if (found.length === 0) return "The drop had no files.";
        const sorted = sortFiles(found);
        if (sorted.model.length > 0) {
          attempted = completeModel(attempted, sorted.model);
          await openModel(attempted, {}, job);
        }
        const imageFiles = completeImages(state().imageFiles, sorted.images);
        if (state().model === null) {
          state().holdImageFiles(imageFiles);
          return `${imageFiles.length} image files are waiting for a model.`;
        }
        if (imageFiles.length === 0) return "The model is open. Now add images.";
        await openImages(imageFiles, job);
        return compareNow(job);
      });
      if (done) await selfTestOnce();
    },
    async changeHeads(numHeads) {
      const done = await jobs.run("Opening the model again", false, async (job) => {
        const { modelFiles, imageFiles } = state();
        await openModel(modelFiles, { numHeads }, job);
        if (imageFiles.length === 0) return `The model is open with ${numHeads} heads.`;
        await openImages(imageFiles, job);
        return compareNow(job);
      });
      if (done) await selfTestOnce();
    },
    async inspect() {
      if (state().model === null) return;
      await jobs.run("Reading the weights", false, async (job) => {
        const tensors = await client.inspect(job);
        job.signal?.throwIfAborted();
        state().setTensors(tensors);
        return `${tensors.length} tensors are listed.`;
      });
    },
    async compare() {
      if (state().model === null || state().images === null) return;
      if (await jobs.run("Comparing", false, compareNow)) await selfTestOnce();
    },
  };
}
