import { fromBlob } from "../../formats/byte-source.ts";
import { labelIndices, parseLabelCsv } from "../../formats/labels.ts";
import { openGpu, type Gpu } from "../../gpu/device.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { recipes } from "../../quant/recipes/index.ts";
import type { Recipe } from "../../quant/recipes/recipe.ts";
import { checkLimits } from "../../runner/check-limits.ts";
import { compareModels } from "../../runner/compare.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { digestImages, overlapWarning } from "../../runner/digest.ts";
import { effectiveBits } from "../../runner/effective-bits.ts";
import { inspectGraph } from "../../runner/inspect/inspect-graph.ts";
import { openModel, withoutQuantizers, type OpenModel } from "../../runner/open-model.ts";
import { quantizeModel, type QuantizedModel } from "../../runner/quantize-model.ts";
import { selfTest } from "../../runner/self-test.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Job } from "../../tensor/progress.ts";
import { canvasReadsBackExactly, decodeInBrowser } from "../decode-browser.ts";
import { createDiagnosisDesk, type DiagnosisDesk } from "./diagnosis-desk.ts";
import type { CompareRequest, DroppedFile, ImageSet, LabApi, LabComparison, RecipeChoice } from "./lab-api.ts";
import { createLevelReader, type LevelReader } from "./level-reader.ts";
import { levelSites } from "./level-sites.ts";
import { evaluationLabels, heldSource, holdImage, labImage, splitImages, type HeldImage, type Split } from "./lab-images.ts";
import { labSweep } from "./lab-sweep.ts";
import { openSampleModel, sampleImages, sampleNote } from "./sample.ts";

interface State {
  model: OpenModel | null;
  graph: Promise<Graph> | null;
  images: Split<HeldImage> | null;
  /** The preprocessing that `images` were cropped for, and the files to crop again when another model comes. */
  preprocessing: Preprocessing | null;
  files: readonly DroppedFile[];
}

/** The lab on the real engine: everything behind the page runs here, in the worker. */
export function createEngineLab(webgpu: GPU | undefined): LabApi {
  const state: State = { model: null, graph: null, images: null, preprocessing: null, files: [] };
  const jobs = new Map<string, AbortController>();
  let gpu: Promise<Gpu> | null = null;

  const device = async (): Promise<Gpu> => {
    const opening = (gpu ??= openGpu(webgpu));
    try {
      const opened = await opening;
      // A lost device (driver reset, sleep) is opened afresh at the next call; results that the page holds stay.
      void opened.device.lost.then(() => {
        if (gpu === opening) gpu = null;
      });
      return opened;
    } catch (error) {
      gpu = null;
      throw error;
    }
  };

  const withJob = async <T>(jobId: string, onProgress: Job["onProgress"], work: (job: Job) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    jobs.set(jobId, controller);
    try {
      return await work({ signal: controller.signal, onProgress });
    } finally {
      jobs.delete(jobId);
    }
  };

  const levels = createLevelReader(device);
  const desk = createDiagnosisDesk(device);

  const accept = (model: OpenModel): void => {
    state.model = model;
    state.graph = null;
  };

  /** The open model's graph; its weights are read once. */
  const builtGraph = (model: OpenModel, job: Job): Promise<Graph> => {
    state.graph ??= model.build(job);
    return state.graph.catch((error: unknown) => {
      state.graph = null;
      throw error;
    });
  };

  /** The images as the open model wants them. */
  const readyImages = async ({ card }: OpenModel, job: Job): Promise<Split<HeldImage>> => {
    if (state.images !== null && state.preprocessing !== card.preprocessing && state.files.length > 0) {
      const { held } = await decodeFiles(state.files, card.preprocessing, card.config.numClasses, card.labels, job);
      Object.assign(state, { images: splitImages(held), preprocessing: card.preprocessing });
    }
    if (state.images === null) throw noImages([]);
    return state.images;
  };

  const imageSet = async (split: Split<HeldImage>, skipped: ImageSet["skipped"]): Promise<ImageSet> => ({
    evaluation: await Promise.all(split.evaluation.map(labImage)),
    calibrationCount: split.calibration.length,
    skipped,
    leakage: split.leakage,
  });

  return {
    adapter: async () => describeAdapter(await device(), false),
    recipes: () => Promise.resolve(Object.values(recipes).map(recipeChoice)),
    levels: (jobId, request) => withJob(jobId, undefined, (job) => levels.levels(request, job)),
    selfTest: (jobId, onProgress) => withJob(jobId, onProgress, async (job) => selfTest(await device(), job)),
    cancel(jobId) {
      jobs.get(jobId)?.abort();
      return Promise.resolve();
    },

    inspect: (jobId, onProgress) =>
      withJob(jobId, onProgress, async (job) => inspectGraph(withoutQuantizers(await builtGraph(requireModel(state), job)), job)),

    async openModel(files, overrides) {
      const model = await openModel(
        files.map(({ path, blob }) => fromBlob(blob, path)),
        overrides,
      );
      checkLimits(await device(), model.card);
      accept(model);
      return { card: model.card, note: model.notes.length > 0 ? model.notes.join(" ") : null };
    },

    openSample: (jobId, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = await openSampleModel();
        const images = await sampleImages(model.card.preprocessing, job);
        accept(model);
        Object.assign(state, { images, preprocessing: model.card.preprocessing, files: [] });
        return { model: { card: model.card, note: sampleNote }, images: await imageSet(images, []) };
      }),

    openImages: (jobId, files, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const { card } = requireModel(state);
        const { held, skipped } = await decodeFiles(files, card.preprocessing, card.config.numClasses, card.labels, job);
        if (held.length === 0) throw noImages(skipped);
        const images = splitImages(held);
        Object.assign(state, { images, preprocessing: card.preprocessing, files });
        return imageSet(images, skipped);
      }),

    compare: (jobId, request, onProgress) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const images = await readyImages(model, job);
        return compare(await device(), model, await builtGraph(model, job), images, request, [levels, desk], job);
      }),

    diagnose: (jobId, request, onProgress) => withJob(jobId, onProgress, (job) => desk.diagnose(request, job)),
    attention: (jobId, request, onProgress) => withJob(jobId, onProgress, (job) => desk.attention(request, job)),
    sweep: (jobId, ask, onProgress, onNews) =>
      withJob(jobId, onProgress, async (job) => {
        const model = requireModel(state);
        const images = await readyImages(model, job);
        await labSweep({ device, model, graph: await builtGraph(model, job), images, ask, onNews, job });
      }),
  };
}

async function compare(
  gpu: Gpu,
  model: OpenModel,
  graph: Graph,
  images: Split<HeldImage>,
  request: CompareRequest,
  [levelReader, desk]: readonly [LevelReader, DiagnosisDesk],
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
    for (const name of baseline === null || baseline === asked.recipe ? [asked.recipe] : [asked.recipe, baseline]) {
      models.push(await quantizeModel(gpu, float, calibration, { ...asked, recipe: name }, job));
    }
  }
  const labels = evaluationLabels(images);
  const source = heldSource(images.evaluation, preprocessing);
  const runtime = navigator.userAgent;
  const results = await compareModels({ gpu, float, quantized: models, images: source, labels, executor: "integer", runtime, job });
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
  levelReader.hold({ ...run, image: images.calibration[0] });
  desk.hold({ ...run, float, images: images.evaluation });
  return { id, asked: request, main, baseline: second ?? null, warnings: warning ? [warning] : [] };
}

/** What the page needs to know of a recipe; the recipe itself holds functions. */
function recipeChoice({ name, label, description, paper, calibrationImages, minimumImages, bitRange }: Recipe): RecipeChoice {
  return {
    name,
    label,
    description,
    paper,
    calibrationImages,
    minimumImages: minimumImages ?? 1,
    bitRange: bitRange ?? { lowest: 2, highest: 8 },
  };
}

/** Decode, crop and label every image among the files; what cannot be used is listed with its reason. */
async function decodeFiles(
  files: readonly DroppedFile[],
  preprocessing: Preprocessing,
  classes: number,
  names: readonly string[] | null,
  job: Job,
): Promise<{ held: HeldImage[]; skipped: { name: string; reason: string }[] }> {
  if (!canvasReadsBackExactly()) {
    throw new InputError("CANVAS_FALSIFIED", {
      what: "This browser changes the pixels that a page reads from a canvas.",
      why: "It protects against fingerprinting; the model would see other images than yours.",
      next: "Allow canvas reading for this page (in Brave: Shields, in Firefox: resistFingerprinting), or use another browser.",
    });
  }
  const table = files.find(({ path }) => /\.csv$/i.test(path));
  const labels = new Map<string, number>();
  if (table) {
    const rows = parseLabelCsv(await table.blob.text(), table.path);
    const indices = labelIndices(rows, classes, names);
    rows.forEach(({ filename }, i) => labels.set(baseName(filename ?? ""), indices[i]));
  }
  const pictures = files.filter((file) => file !== table);
  const held: HeldImage[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const [index, { path, blob }] of pictures.entries()) {
    job.signal?.throwIfAborted();
    job.onProgress?.({ stage: "reading images", done: index, total: pictures.length });
    try {
      const pixels = await decodeInBrowser(blob, path);
      held.push(holdImage(`image-${index}`, path, labels.get(baseName(path)) ?? null, pixels, preprocessing));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      skipped.push({ name: path, reason: `${error.what} ${error.why}` });
    }
  }
  return { held, skipped };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function requireModel(state: State): OpenModel {
  if (state.model) return state.model;
  throw new InputError("NO_MODEL", {
    what: "No model is open.",
    why: "Images are prepared the way a model wants them.",
    next: "Drop a model, or try the sample.",
  });
}

function noImages(skipped: readonly { readonly name: string; readonly reason: string }[]): InputError {
  const first = skipped[0];
  return new InputError("NO_IMAGES", {
    what: first ? `None of the ${skipped.length} files could be used as an image.` : "There are no images.",
    why: first ? `${first.name}: ${first.reason}` : "Float and quantized models are compared on images.",
    next: "Drop JPEG, PNG, WebP or GIF files, or a folder of them.",
  });
}
