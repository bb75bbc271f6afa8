import { fromBlob } from "../../formats/byte-source.ts";
import { currentGpu } from "../../gpu/current-gpu.ts";
import { openGpu } from "../../gpu/device.ts";
import type { Graph } from "../../graph/graph.ts";
import { recipes } from "../../quant/recipes/index.ts";
import type { Recipe } from "../../quant/recipes/recipe.ts";
import { bitRules } from "../../quant/rules/layer-rule.ts";
import { recipeSites } from "../../quant/rules/recipe-sites.ts";
import type { Split } from "../../runner/data/choose-images.ts";
import { checkNormalisation } from "../../runner/data/check-normalisation.ts";
import { parsePreprocessing, withPreprocessing } from "../../runner/data/preprocessing-choice.ts";
import { checkLimits } from "../../runner/check-limits.ts";
import { createCropper } from "../../runner/crop-images.ts";
import { compareModels } from "../../runner/compare.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { digest, digestImages, digestWeights, overlapWarning } from "../../runner/digest.ts";
import { openEngine, type Engine } from "../../runner/engine.ts";
import { effectiveBits } from "../../runner/effective-bits.ts";
import { inspectGraph } from "../../runner/inspect/inspect-graph.ts";
import { untrainedClassifier } from "../../runner/inspect/untrained-classifier.ts";
import { openModel, withoutQuantizers, type OpenModel } from "../../runner/open-model.ts";
import { packageBytes } from "../../runner/package-size.ts";
import { quantizeModels, recipeNamed, type QuantizedModel } from "../../runner/quantize-model.ts";
import { selfTest } from "../../runner/self-test.ts";
import { createTunings, indexedDbStore } from "../../runner/tune/tune-store.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import { refuseIncomparable } from "../../runner/comparable-models.ts";
import { compareTwin } from "./compare-twin.ts";
import { createBenchDesk, type BenchDesk } from "./bench-desk.ts";
import { createDiagnosisDesk, type DiagnosisDesk } from "./diagnosis-desk.ts";
import type { CompareRequest, LabApi, LabComparison, LabWarning, OpenedModel, RecipeChoice, StatedPreprocessing } from "./lab-api.ts";
import { createExportDesk, exportChoices, type ExportDesk } from "./export-desk.ts";
import { createLevelReader, type LevelReader } from "./level-reader.ts";
import { levelSites } from "./level-sites.ts";
import { createImageShelf } from "./image-shelf.ts";
import { seeImage } from "./preview-image.ts";
import { bitmapOf, evaluationLabels, heldSource, type HeldImage } from "./lab-images.ts";
import { labSweep } from "./lab-sweep.ts";
import { measureStability } from "./measure-stability.ts";
import { openSampleModel, sampleNote } from "./sample.ts";

/** Counts what it is told of, and lets others wait for the next. */
function createLossCount() {
  let count = 0;
  const waiting: (() => void)[] = [];
  return {
    add() {
      count++;
      for (const resume of waiting.splice(0)) resume();
    },
    async beyond(seen: number): Promise<number> {
      while (count <= seen) await new Promise<void>((resolve) => waiting.push(resolve));
      return count;
    },
  };
}

interface State {
  /** With the preprocessing that is in use. */
  model: OpenModel | null;
  /** As it was opened. */
  given: OpenModel | null;
  note: string | null;
  graph: Promise<Graph> | null;
}

/** Each runs once for every usual normalisation; more would hardly tell more. */
const CHECKED_IMAGES = 16;

/** The lab on the real engine: everything behind the page runs here, in the worker. */
export function createEngineLab(webgpu: GPU | undefined): LabApi {
  const state: State = { model: null, given: null, note: null, graph: null };
  const jobs = new Map<string, AbortController>();
  const losses = createLossCount();
  const device = currentGpu(() => openGpu(webgpu), losses.add);
  const shelf = createImageShelf(createCropper(device));
  const tunings = createTunings(indexedDbStore(indexedDB));
  const hasGpu = (): Promise<boolean> =>
    device().then(
      () => true,
      (error: unknown) => {
        if (error instanceof InputError && error.code === "NO_ADAPTER") return false;
        throw error;
      },
    );
  let isSoftwareUsed = false;
  /** Without an adapter, or with one that only imitates a GPU, WebAssembly computes, in the same integer arithmetic. */
  const usesGpu = async () => (await hasGpu()) && (isSoftwareUsed || !(await device()).isSoftware);
  const openLab = async () => openEngine(device, (await usesGpu()) ? "integer" : "cpu", tunings.load);

  const withJob = async <T>(jobId: string, onProgress: Job["onProgress"], work: (job: Job) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    jobs.set(jobId, controller);
    try {
      return await work({ signal: controller.signal, onProgress });
    } finally {
      jobs.delete(jobId);
    }
  };

  const levels = createLevelReader(openLab);
  const desk = createDiagnosisDesk(openLab);
  const bench = createBenchDesk(device, tunings);
  const writer = createExportDesk();

  const accept = (model: OpenModel, note: string | null): OpenedModel => {
    state.model = model;
    state.given = model;
    state.note = note;
    state.graph = null;
    bench.hold(null);
    return { card: model.card, note, stated: statedOf(model) };
  };

  /** The open model's graph; its weights are read once. */
  const builtGraph = (model: OpenModel, job: Job): Promise<Graph> => {
    state.graph ??= model.build(job);
    return state.graph.catch((error: unknown) => {
      state.graph = null;
      throw error;
    });
  };

  /** The open model with and without its quantizers. */
  const openGraphs = async (job: Job): Promise<{ float: Graph; own: Graph | null }> => {
    const model = requireModel(state);
    const graph = await builtGraph(model, job);
    return { float: withoutQuantizers(graph), own: model.quantization ? graph : null };
  };

  return {
    async adapter() {
      const gpu = await device();
      return describeAdapter(gpu, null, await tunings.load(gpu));
    },
    tuning: async () => (await tunings.load(await device())) ?? null,
    forgetTuning: () => tunings.clear(),
    runOnSoftwareAdapter(isUsed) {
      isSoftwareUsed = isUsed;
      return Promise.resolve();
    },
    deviceLosses: losses.beyond,
    tune: (jobId, request, onProgress) => withJob(jobId, onProgress, async (job) => bench.tune(request, await openGraphs(job), job)),
    profile: (jobId, request, onProgress) => withJob(jobId, onProgress, async (job) => bench.profile(request, await openGraphs(job), job)),
    recipes: () => Promise.resolve(Object.values(recipes).map(recipeChoice)),
    levels: (jobId, request) => withJob(jobId, undefined, (job) => levels.levels(request, job)),
    selfTest: (jobId, onProgress) => withJob(jobId, onProgress, async (job) => selfTest(await device(), job)),
    cancel(jobId) {
      jobs.get(jobId)?.abort();
      return Promise.resolve();
    },

    exportChoices: () => Promise.resolve(exportChoices),
    exportModel: (jobId, held, format, onProgress) => withJob(jobId, onProgress, (job) => writer.write(held, format, job)),
    recipeSites: (jobId, recipe) =>
      withJob(jobId, undefined, async (job) => {
        const float = withoutQuantizers(await builtGraph(requireModel(state), job));
        return { recipe, floatBytes: packageBytes(float, float).floatBytes, sites: recipeSites(float, recipeNamed(recipe)) };
      }),
    inspect: (jobId, onProgress) =>
      withJob(jobId, onProgress, async (job) => inspectGraph(withoutQuantizers(await builtGraph(requireModel(state), job)), job)),

    async openModel(files, overrides) {
      const model = await openModel(
        files.map(({ path, blob }) => fromBlob(blob, path)),
        overrides,
      );
      if (await usesGpu()) checkLimits(await device(), model.card);
      return accept(model, model.notes.length > 0 ? model.notes.join(" ") : null);
    },

    openSample: (jobId, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = await openSampleModel();
        const images = await shelf.openSample(model.card, job);
        return { model: accept(model, sampleNote), images };
      }),

    modelCards: (models) =>
      Promise.all(
        models.map((files) =>
          openModel(files.map(({ path, blob }) => fromBlob(blob, path))).then(
            ({ card }) => card,
            () => null,
          ),
        ),
      ),
    compareTwin: (jobId, files, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const other = await openModel(files.map(({ path, blob }) => fromBlob(blob, path)));
        refuseIncomparable(model.card, other.card);
        if (await usesGpu()) checkLimits(await device(), other.card);
        const images = await shelf.split(model.card, job);
        const graph = await builtGraph(model, job);
        const prepared = await shelf.judgedFor(other.card, job);
        return compareTwin({
          engine: await openLab(),
          reference: { model, graph, images },
          other: { model: other, images: prepared },
          job,
        });
      }),

    openImages: (jobId, files, onProgress) => withJob(jobId, onProgress, (job) => shelf.openFiles(files, requireModel(state).card, job)),
    chooseImages: (jobId, rule, onProgress) => withJob(jobId, onProgress, (job) => shelf.choose(rule, requireModel(state).card, job)),
    useManifest: (jobId, file, onProgress) =>
      withJob(jobId, onProgress, async (job) => shelf.useManifest(await file.blob.text(), file.path, requireModel(state).card, job)),
    pickLabelColumns: (jobId, columns) => withJob(jobId, undefined, () => shelf.pickLabelColumns(columns, requireModel(state).card)),
    manifest: (jobId, onProgress) => withJob(jobId, onProgress, (job) => shelf.manifest(job)),
    thumbnail: (index, kind) => shelf.thumbnail(index, kind, requireModel(state).card),
    viewImage: (index) => shelf.view(index, requireModel(state).card),

    choosePreprocessing: (jobId, text, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const given = requireModel({ model: state.given });
        const model = withPreprocessing(given, text);
        const images = shelf.hasImages() ? await shelf.prepareAgain(model.card, job) : null;
        state.model = model;
        return { model: { card: model.card, note: state.note, stated: statedOf(given) }, images };
      }),
    async previewPreprocessing(index, text) {
      const { card } = requireModel({ model: state.given });
      const { crop, ...numbers } = seeImage(await shelf.pixels(index), parsePreprocessing(text, card.preprocessing));
      return { seen: await bitmapOf(crop), ...numbers };
    },

    fingerprint: (jobId, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        job.onProgress?.({ stage: "hashing weights", done: 0, total: 0 });
        const weights = await digestWeights(withoutQuantizers(await builtGraph(model, job)));
        if (!shelf.hasImages()) return { weights, images: null };
        const { calibration, evaluation } = await shelf.split(model.card, job);
        const lists = await Promise.all([calibration, evaluation].map((held) => digestImages(heldSource(held, model.card.preprocessing))));
        return { weights, images: await digest(new TextEncoder().encode(JSON.stringify(lists))) };
      }),

    stability: (jobId, request, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const { calibration } = await shelf.split(model.card, job);
        const float = withoutQuantizers(await builtGraph(model, job));
        return measureStability(await openLab(), float, calibration, model.card.preprocessing, request, job);
      }),

    normalisation: (jobId, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const { card } = model;
        const split = await shelf.split(card, job);
        const evaluation = split.evaluation.slice(0, CHECKED_IMAGES);
        const float = withoutQuantizers(await builtGraph(model, job));
        const engine = await openLab();
        return checkNormalisation({
          float,
          preprocessing: card.preprocessing,
          source: (preprocessing) => heldSource(evaluation, preprocessing),
          labels: card.output === "features" ? null : evaluationLabels({ ...split, evaluation }),
          open: async () => (await engine.open(float, true)).session,
          job,
        });
      }),
    compare: (jobId, request, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const images = await shelf.split(model.card, job);
        return compare(await openLab(), model, await builtGraph(model, job), images, request, { levels, desk, bench, writer }, job);
      }),

    diagnose: (jobId, request, onProgress) => withJob(jobId, onProgress, (job) => desk.diagnose(request, job)),
    attention: (jobId, request, onProgress) => withJob(jobId, onProgress, (job) => desk.attention(request, job)),
    sweep: (jobId, ask, onProgress, onNews) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const images = await shelf.split(model.card, job);
        await labSweep({ engine: await openLab(), model, graph: await builtGraph(model, job), images, ask, onNews, job });
      }),
  };
}

/** What keeps the models of a run for later questions. */
interface RunHolders {
  readonly levels: LevelReader;
  readonly desk: DiagnosisDesk;
  readonly bench: BenchDesk;
  readonly writer: ExportDesk;
}

async function compare(
  engine: Engine,
  model: OpenModel,
  graph: Graph,
  images: Split<HeldImage>,
  request: CompareRequest,
  { levels, desk, bench, writer }: RunHolders,
  job: Job,
): Promise<LabComparison> {
  const { preprocessing } = model.card;
  const float = withoutQuantizers(graph);
  const { baseline, ...asked } = request;
  const calibration = heldSource(images.calibration, preprocessing);
  const models: QuantizedModel[] = [];
  if (model.quantization) {
    models.push({
      graph,
      request: model.quantization,
      report: { recipe: model.quantization.recipe, imageCount: 0, observed: {}, recalibrated: {} },
      calibrationMs: 0,
    });
  } else {
    // The other recipe is held to the same bits; schemes and granularities are the asked recipe's own.
    const other =
      baseline === null || baseline === asked.recipe ? [] : [{ ...asked, recipe: baseline, rules: bitRules(asked.rules ?? []) }];
    for (const one of [asked, ...other]) models.push(...(await quantizeModels(engine.runNode, float, calibration, [one], job)));
  }
  const labels = evaluationLabels(images);
  const source = heldSource(images.evaluation, preprocessing);
  const runtime = navigator.userAgent;
  const { output } = model.card;
  const results = await compareModels({ engine, float, quantized: models, images: source, labels, output, runtime, job });
  const calibrated = Math.max(...models.map(({ report }) => report.imageCount));
  const warning = overlapWarning(await digestImages(calibration, calibrated), await digestImages(source));
  const [main, second] = models.map(({ graph: quantized, report }, i) => ({
    ...results[i],
    effectiveBits: effectiveBits(quantized),
    calibrationCount: report.imageCount,
    sites: levelSites(quantized),
  }));
  const id = crypto.randomUUID();
  const run = { id, main: models[0].graph, baseline: models.at(1)?.graph ?? null, preprocessing };
  levels.hold({ ...run, image: images.calibration[0] });
  desk.hold({ ...run, float, images: images.evaluation });
  bench.hold(models[0].graph);
  writer.hold({ id, card: model.card, main: models[0], baseline: models.at(1) ?? null });
  const warnings = [warning, untrainedClassifier(float)].filter((found) => found !== null);
  return { id, asked: request, preprocessing, main, baseline: second ?? null, warnings: [...warnings, ...lossWarning(engine)] };
}

function lossWarning(engine: Engine): LabWarning[] {
  if (engine.deviceLosses() === 0) return [];
  const text =
    "The GPU device was lost during this run and opened again. What was interrupted was repeated: the results are whole, the times are not.";
  return [{ code: "DEVICE_REOPENED", text }];
}

/** What the page needs to know of a recipe; the recipe itself holds functions. */
function recipeChoice({
  name,
  group,
  label,
  description,
  paper,
  calibrationImages,
  minimumImages,
  allocate,
  allocatesWhere,
  bitRange,
}: Recipe): RecipeChoice {
  return {
    name,
    group,
    label,
    description,
    paper,
    calibrationImages,
    minimumImages: minimumImages ?? 1,
    isMixed: allocate !== undefined,
    mixedAt: allocatesWhere?.bits ?? null,
    bitRange: bitRange ?? { lowest: 2, highest: 8 },
  };
}

function statedOf({ card: { preprocessing, preprocessingFile, assumed } }: OpenModel): StatedPreprocessing {
  return { preprocessing, file: preprocessingFile ?? null, isAssumed: assumed.includes("preprocessing") };
}

function requireModel(state: Pick<State, "model">): OpenModel {
  if (state.model) return state.model;
  throw new InputError("NO_MODEL", {
    what: "No model is open.",
    why: "Images are prepared the way a model wants them.",
    next: "Drop a model, or try the sample.",
  });
}
