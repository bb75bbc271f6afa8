import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import { sortArchives } from "../drop/sort-archives.ts";
import { sortLabels } from "../drop/sort-labels.ts";
import { sameFiles } from "../drop/same-files.ts";
import { completeImages, completeModel, sortFiles, type SortedFiles } from "../drop/sort-files.ts";
import type { SharedView } from "../share/share-link.ts";
import { sharedView } from "../share/shared-view.ts";
import { browserHubShelf, type BrowserHubShelf } from "../session/hub-shelf.ts";
import type { FileShelf } from "../session/file-shelf.ts";
import type { Session } from "../session/session.ts";
import { BASELINE_RECIPE, compareRequest, controlsOfRun } from "../store/controls-slice.ts";
import { chosenPreprocessing } from "../store/inputs-slice.ts";
import { recipeLabel } from "../store/engine-slice.ts";
import type { LabStore } from "../store/lab-store.ts";
import { twinSentence, verdictOf } from "../verdict.ts";
import { incomparable } from "../../runner/comparable-models.ts";
import type { HeldModel } from "../worker/diagnosis-api.ts";
import type { DroppedFile, LabExport, LevelsRequest, SiteLevels } from "../worker/lab-api.ts";
import type { LabClient } from "../worker/lab-client.ts";
import { createBenchActions, watchDevice, type BenchActions } from "./bench-actions.ts";
import { createDataActions, type DataActions } from "./data-actions.ts";
import { createDiagnosisActions, type DiagnosisActions } from "./diagnosis-actions.ts";
import { createHubActions, type HubActions } from "./hub-actions.ts";
import { createJobRunner, errorParts } from "./job-runner.ts";
import { createSelfTestActions, type SelfTestActions } from "./self-test-actions.ts";

/** Everything a person can make the page do; components call these and nothing else. */
export interface LabActions extends DataActions, DiagnosisActions, BenchActions, HubActions, Pick<SelfTestActions, "runSelfTest"> {
  start(): Promise<void>;
  trySample(): Promise<void>;
  /** A drop is still being walked when it arrives here. */
  openFiles(files: readonly DroppedFile[] | Promise<readonly DroppedFile[]>): Promise<void>;
  /** What the set recipe quantizes in the open model. Not a job: nothing else waits for it, and it stops nothing. */
  readRecipeSites(signal: AbortSignal): Promise<void>;
  changeHeads(numHeads: number): Promise<void>;
  compare(): Promise<void>;
  /** Statistics of every parameter of the open model. */
  inspect(): Promise<void>;
  /** Two of the models that came together, by their files: the first one is opened, the other one held against it on the images. */
  compareTwo(reference: readonly DroppedFile[], other: readonly DroppedFile[]): Promise<void>;
  /** The same again, on other images or after a recipe was looked at. */
  compareTwinAgain(): Promise<void>;
  readExportChoices(): Promise<void>;
  /** A model of the last comparison as files; null when it was cancelled or failed. */
  exportModel(held: HeldModel, format: string): Promise<LabExport | null>;
  fingerprint(): Promise<void>;
  /** The hash of a link to this view; null when it is too long, undefined when it was cancelled or failed. */
  share(): Promise<string | null | undefined>;
  /** Takes over the view of a link. */
  openShared(hash: string): Promise<void>;
  /** What was open before a reload, without running it. */
  restore(session: Session): Promise<void>;
  openRecent(id: string): Promise<void>;
  forget(id: string): Promise<void>;
  cancel(): void;
  /** Not a job: nothing else waits for it, and it stops nothing. */
  levels(request: LevelsRequest, signal: AbortSignal): Promise<SiteLevels>;
}

export interface LabOptions {
  /** Where models and images are kept from visit to visit. */
  readonly shelf?: FileShelf;
  /** Where files from the Hub go; the browser's own where absent. */
  readonly hubShelf?: () => BrowserHubShelf;
  /** The sample has been compared. */
  readonly onSampleShown?: () => void;
}

export function createLabActions(store: LabStore, client: LabClient, nowMs: () => number, options: LabOptions = {}): LabActions {
  const shelf = options.shelf ?? null;
  const jobs = createJobRunner(store, nowMs);
  const { runSelfTest, selfTestOnce } = createSelfTestActions(store, client, jobs);
  const { prepare, ...dataActions } = createDataActions(store, client, jobs);
  const state = store.getState;
  /** Of a link that was followed: taken up by the first result. */
  let pendingView: SharedView["view"] | null = null;
  /** Of the same link: for the first model that is opened after it. */
  let pendingPreprocessing: string | null = null;
  /** The files of the last attempt, also of a failed one: the missing shard may come next. */
  let attempted: readonly DroppedFile[] = [];

  async function start(): Promise<void> {
    // Ends with the worker.
    watchDevice(store, client).catch(() => undefined);
    await Promise.all([
      client.adapter().then(
        (adapter) => state().setAdapter({ kind: "ready", adapter }),
        (error: unknown) => state().setAdapter({ kind: "missing", error: errorParts(error) }),
      ),
      client.recipes().then(
        (recipes) => {
          state().setRecipes(recipes);
          // A session or link of another version may name recipes that are not there.
          const [first] = recipes;
          const isThere = (name: string): boolean => recipes.some((recipe) => recipe.name === name);
          if (first !== undefined && !isThere(state().controls.recipe)) state().setControls({ recipe: first.name });
          if (!isThere(state().versus)) state().setVersus(BASELINE_RECIPE);
        },
        () => undefined, // the same broken engine already answered for the adapter
      ),
      client.tuning().then(
        (tuning) => state().setTuning(tuning),
        () => undefined, // without an adapter nothing is known of it
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
    state().setTwin(null);
    const { sentence } = verdictOf(result, (name) => recipeLabel(state().recipes, name));
    state().setLastVerdict(sentence);
    if (pendingView !== null) {
      state().setSide(pendingView.side);
      state().setFilter(pendingView.filter);
      pendingView = null;
    }
    // The engine knows its faster integer execution only after it has run. Where there is no adapter, the CPU is none.
    if (state().adapter.kind !== "missing") state().setAdapter({ kind: "ready", adapter: result.main.env.adapter });
    return sentence;
  }

  /** The open model and the other one; returns the sentence to announce. */
  async function compareTwinNow(job: Job): Promise<string> {
    state().renameJob("Comparing two models");
    if (state().panel === "open") state().setPanel("compare");
    const twin = await client.compareTwin(state().twinFiles ?? [], job);
    job.signal?.throwIfAborted();
    state().setTwin(twin);
    return twinSentence(twin);
  }

  async function openModel(files: readonly DroppedFile[], overrides: { readonly numHeads?: number }, job: Job): Promise<void> {
    const model = await client.openModel(files, overrides, job);
    job.signal?.throwIfAborted();
    state().setModel(model, files);
    state().setKeptModel(null);
    state().setNotKept(null);
    void keepModel(model.card.name, files);
  }

  /** What a link says of the model that is open now. */
  async function prepareAsShared(job: Job): Promise<void> {
    const text = pendingPreprocessing;
    pendingPreprocessing = null;
    if (text !== null) await prepare(text, job);
  }

  /** From a session: what another version wrote, or somebody else, is not worth an error. */
  async function prepareAgain(text: string | null, job: Job): Promise<void> {
    if (text === null) return;
    await prepare(text, job).catch((error: unknown) => {
      if (!(error instanceof InputError)) throw error;
    });
  }

  async function openImages(files: readonly DroppedFile[], job: Job): Promise<void> {
    const images = await client.openImages(files, job);
    job.signal?.throwIfAborted();
    state().setImages(images, files);
    void shelf?.keepImages(files).catch(() => undefined);
  }

  /** Several models came together: somebody chooses, and what came with them comes along. */
  async function offerModels(files: readonly DroppedFile[], images: readonly DroppedFile[]): Promise<void> {
    const { modelChoices } = await import("../drop/model-choices.ts");
    const choices = await modelChoices(files);
    const cards = await client.modelCards(choices.map((choice) => choice.files), {}); // prettier-ignore
    const pairs = cards.flatMap((a, i) =>
      cards.flatMap((b, j) => (i < j && a !== null && b !== null && incomparable(a, b) === null ? [[i, j] as const] : [])),
    );
    state().setModelChoices(
      choices.map((choice) => ({ ...choice, files: [...choice.files, ...images] })),
      pairs,
    );
    // The next drop completes nothing of this one.
    attempted = [];
  }

  /** Beside everything else; where it fails, the model is open all the same and only not remembered. */
  async function keepModel(name: string, files: readonly DroppedFile[]): Promise<void> {
    try {
      if (shelf === null) return;
      const kept = await shelf.keepModel(name, files);
      const isKept = typeof kept !== "string";
      if (state().modelFiles === files) {
        state().setKeptModel(isKept ? kept.id : null);
        state().setNotKept(isKept ? null : kept);
      }
      state().setRecents(await shelf.models());
      // Asked only now that there is something to lose.
      if (isKept && state().mayStay === null) state().setMayStay(await shelf.askToStay());
    } catch {
      // Storage was taken away or filled up meanwhile.
      if (state().modelFiles === files) state().setNotKept("no-room");
    }
  }

  async function takeFingerprint(title: string): Promise<boolean> {
    if (state().model === null) return false;
    if (state().fingerprint !== null) return true;
    return jobs.run(title, false, async (job) => {
      const found = await client.fingerprint(job);
      job.signal?.throwIfAborted();
      state().setFingerprint(found);
      return "";
    });
  }

  const actions: LabActions = {
    ...dataActions,
    ...createDiagnosisActions(store, client, jobs, compareNow),
    ...createBenchActions(store, client, jobs),
    ...createHubActions(jobs, (files) => actions.openFiles(files), options.hubShelf ?? browserHubShelf),
    start,
    runSelfTest,
    cancel: jobs.cancel,
    levels: (request, signal) => client.levels(request, { signal }),
    async trySample() {
      const done = await jobs.run("Opening the sample", false, async (job) => {
        const { model, images } = await client.openSample(job);
        job.signal?.throwIfAborted();
        state().setSample(model, images);
        await prepareAsShared(job);
        attempted = [];
        return compareNow(job);
      });
      if (done) options.onSampleShown?.();
      if (done) await selfTestOnce();
    },
    async openFiles(files) {
      if ("length" in files && files.length === 0) return;
      const done = await jobs.run("Opening your files", false, async (job) => {
        const found = await files;
        job.signal?.throwIfAborted();
        if (found.length === 0) return "The drop had no files.";
        const sorted = await partsOf(found);
        state().setModelChoices([], []);
        state().setIgnoredFiles(sorted.ignored.map(({ path }) => path));
        const isOpen = await sameFiles(state().modelFiles, sorted.model, job.signal);
        if (isOpen && sorted.images.length === 0) throw alreadyOpen(sorted.model);
        if (!isOpen && sorted.model.length > 0) {
          attempted = completeModel(attempted, sorted.model);
          await openModel(attempted, {}, job).catch(async (error: unknown) => {
            if (error instanceof InputError && error.code === "SEVERAL_MODELS") await offerModels(attempted, sorted.images);
            throw error;
          });
          await prepareAsShared(job);
        }
        const imageFiles = completeImages(state().imageFiles, sorted.images);
        if (state().model === null) {
          state().holdImageFiles(imageFiles);
          return `${imageFiles.length} image files are waiting for a model.`;
        }
        if (imageFiles.length === 0) return "The model is open. Now add images.";
        await openImages(imageFiles, job);
        return state().twinFiles === null ? compareNow(job) : compareTwinNow(job);
      });
      if (done) await selfTestOnce();
    },
    async compareTwo(reference, other) {
      await jobs.run("Opening two models", false, async (job) => {
        const [sorted, sortedOther] = await Promise.all([reference, other].map(partsOf));
        state().setModelChoices([], []);
        attempted = sorted?.model ?? [];
        await openModel(attempted, {}, job);
        state().setTwinFiles(sortedOther?.model ?? null);
        const imageFiles = completeImages(state().imageFiles, sorted?.images ?? []);
        if (imageFiles.length === 0) return "The first model is open. Now add images to compare both on.";
        await openImages(imageFiles, job);
        return compareTwinNow(job);
      });
    },
    async compareTwinAgain() {
      if (state().twinFiles !== null && state().images !== null) await jobs.run("Comparing two models", false, compareTwinNow);
    },
    async changeHeads(numHeads) {
      const done = await jobs.run("Opening the model again", false, async (job) => {
        const { modelFiles, imageFiles } = state();
        const preprocessing = chosenPreprocessing(state().model);
        await openModel(modelFiles, { numHeads }, job);
        if (preprocessing !== null) await prepare(preprocessing, job);
        if (imageFiles.length === 0) return `The model is open with ${numHeads} heads.`;
        await openImages(imageFiles, job);
        return compareNow(job);
      });
      if (done) await selfTestOnce();
    },
    async readExportChoices() {
      state().setExportChoices(await client.exportChoices().catch(() => []));
    },
    async exportModel(held, format) {
      let found: LabExport | null = null;
      await jobs.run("Writing the model", false, async (job) => {
        const written = await client.exportModel(held, format, job);
        job.signal?.throwIfAborted();
        found = written;
        return `${written.files.length === 1 ? "The file is" : `${written.files.length} files are`} written.`;
      });
      return found;
    },
    async readRecipeSites(signal) {
      const sites = await client.recipeSites(state().controls.recipe, { signal });
      if (!signal.aborted) state().setRecipeSites(sites);
    },
    fingerprint: async () => void (await takeFingerprint("Comparing digests")),
    async share() {
      if (!(await takeFingerprint("Hashing weights and images"))) return undefined;
      const { encodeShare } = await import("../share/share-link.ts");
      return encodeShare(sharedView(state()));
    },
    async openShared(hash) {
      try {
        const { controlsOf, decodeShare } = await import("../share/share-link.ts");
        const shared = await decodeShare(hash);
        state().setShared(shared);
        state().setControls(controlsOfRun(controlsOf(shared)));
        const { versus } = shared.view;
        if (versus !== undefined && state().recipes.some(({ name }) => name === versus)) state().setVersus(versus);
        pendingView = shared.view;
        pendingPreprocessing = shared.preprocessing ?? null;
        state().setPanel(shared.view.panel);
      } catch (error) {
        state().fail(errorParts(error));
      }
    },
    async restore(session) {
      const recents = (await shelf?.models().catch(() => [])) ?? [];
      state().setRecents(recents);
      const { source, rule } = session;
      const isIdle = () => state().model === null && state().job === null;
      if (source === null || !isIdle()) return;
      const files = source.kind === "files" && source.model !== null ? await shelf?.open(source.model).catch(() => null) : null;
      // While the files were looked for, somebody may have opened others: those must not be cancelled.
      if ((source.kind === "files" && !files) || !isIdle()) return;
      await jobs.run("Opening what was open", false, async (job) => {
        if (source.kind === "sample") {
          const { model, images } = await client.openSample(job);
          job.signal?.throwIfAborted();
          state().setSample(model, images);
          await prepareAgain(session.preprocessing, job);
        } else if (files) {
          await openModel(files, {}, job);
          await prepareAgain(session.preprocessing, job);
          const images = (await shelf?.images()) ?? [];
          if (images.length > 0) await openImages(images, job);
        }
        const columns = session.labelColumns;
        if (columns !== null && state().images?.labelFile?.by === "guess") {
          // Another version may have guessed, or the file may be another by now: what cannot be read is guessed again.
          const images = await client.pickLabelColumns(columns, job).catch(() => state().images);
          if (images !== null) state().setImages(images, state().imageFiles);
        }
        const opened = state().images;
        if (opened !== null && rule !== null && JSON.stringify(rule) !== JSON.stringify(opened.rule)) {
          const images = await client.chooseImages(rule, job);
          job.signal?.throwIfAborted();
          state().setImages(images, state().imageFiles);
        }
        return "What was open is open again.";
      });
    },
    async openRecent(id) {
      const files = await shelf?.open(id);
      if (files) await actions.openFiles(files);
      else state().setRecents((await shelf?.models()) ?? []);
    },
    async forget(id) {
      await shelf?.remove(id);
      if (state().keptModel === id) state().setKeptModel(null);
      state().setRecents((await shelf?.models()) ?? []);
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
  return actions;
}

async function partsOf(files: readonly DroppedFile[]): Promise<SortedFiles> {
  return sortLabels(await sortArchives(sortFiles(files)));
}

function alreadyOpen(files: readonly DroppedFile[]): InputError {
  const [{ path } = { path: "The model" }] = files;
  return new InputError("ALREADY_OPEN", {
    what: `${path}${files.length > 1 ? ` and ${files.length - 1} more ${files.length === 2 ? "file" : "files"}` : ""}: already open.`,
    why: "They hold the same bytes as the open model's files; everything that was found for it stays.",
    next: "Give another model, or images.",
  });
}
