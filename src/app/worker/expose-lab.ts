import { expose, releaseProxy, transfer } from "comlink";
import type { Endpoint } from "comlink";
import { failureOf } from "./error-border.ts";
import type { LabApi } from "./lab-api.ts";

/**
 * The worker's side of the border: makes a lab callable through `endpoint` (the worker's own scope by default).
 * Errors leave as plain `Failure` data; the progress callback's port is closed when its call ends.
 */
export function exposeLab(lab: LabApi, endpoint?: Endpoint): void {
  const guarded: LabApi = {
    adapter: () => guard(() => lab.adapter()),
    recipes: () => guard(() => lab.recipes()),
    cancel: (jobId) => guard(() => lab.cancel(jobId)),
    openModel: (files, overrides) => guard(() => lab.openModel(files, overrides)),
    selfTest: (jobId, onProgress) => guard(() => lab.selfTest(jobId, onProgress), onProgress),
    openSample: (jobId, onProgress) => guard(() => lab.openSample(jobId, onProgress), onProgress),
    openImages: (jobId, files, onProgress) => guard(() => lab.openImages(jobId, files, onProgress), onProgress),
    chooseImages: (jobId, rule, onProgress) => guard(() => lab.chooseImages(jobId, rule, onProgress), onProgress),
    useManifest: (jobId, file, onProgress) => guard(() => lab.useManifest(jobId, file, onProgress), onProgress),
    pickLabelColumns: (jobId, columns) => guard(() => lab.pickLabelColumns(jobId, columns)),
    manifest: (jobId, onProgress) => guard(() => lab.manifest(jobId, onProgress), onProgress),
    thumbnail: (index, kind) => guard(async () => handOver(await lab.thumbnail(index, kind))),
    viewImage: (index) => guard(() => lab.viewImage(index)),
    choosePreprocessing: (jobId, text, onProgress) => guard(() => lab.choosePreprocessing(jobId, text, onProgress), onProgress),
    previewPreprocessing: (index, text) => guard(() => lab.previewPreprocessing(index, text)),
    fingerprint: (jobId, onProgress) => guard(() => lab.fingerprint(jobId, onProgress), onProgress),
    stability: (jobId, request, onProgress) => guard(() => lab.stability(jobId, request, onProgress), onProgress),
    normalisation: (jobId, onProgress) => guard(() => lab.normalisation(jobId, onProgress), onProgress),
    compare: (jobId, request, onProgress) => guard(() => lab.compare(jobId, request, onProgress), onProgress),
    modelCards: (models) => guard(() => lab.modelCards(models)),
    compareTwin: (jobId, other, onProgress) => guard(() => lab.compareTwin(jobId, other, onProgress), onProgress),
    inspect: (jobId, onProgress) => guard(() => lab.inspect(jobId, onProgress), onProgress),
    exportChoices: () => guard(() => lab.exportChoices()),
    exportModel: (jobId, held, format, onProgress) =>
      guard(async () => {
        const written = await lab.exportModel(jobId, held, format, onProgress);
        return transfer(
          written,
          written.files.map(({ bytes }) => bytes.buffer),
        );
      }, onProgress),
    recipeSites: (jobId, recipe) => guard(() => lab.recipeSites(jobId, recipe)),
    levels: (jobId, request) => guard(() => lab.levels(jobId, request)),
    diagnose: (jobId, request, onProgress) => guard(() => lab.diagnose(jobId, request, onProgress), onProgress),
    attention: (jobId, request, onProgress) => guard(() => lab.attention(jobId, request, onProgress), onProgress),
    tuning: () => guard(() => lab.tuning()),
    tune: (jobId, request, onProgress) => guard(() => lab.tune(jobId, request, onProgress), onProgress),
    forgetTuning: () => guard(() => lab.forgetTuning()),
    profile: (jobId, request, onProgress) => guard(() => lab.profile(jobId, request, onProgress), onProgress),
    runOnSoftwareAdapter: (isUsed) => guard(() => lab.runOnSoftwareAdapter(isUsed)),
    deviceLosses: (seen) => guard(() => lab.deviceLosses(seen)),
    sweep: (jobId, ask, onProgress, onNews) => guard(() => lab.sweep(jobId, ask, onProgress, onNews), onProgress, onNews),
  };
  expose(guarded, endpoint);
}

/** A bitmap that goes to the page instead of being copied; in tests it is a plain object. */
function handOver(bitmap: ImageBitmap): ImageBitmap {
  return typeof ImageBitmap !== "undefined" && bitmap instanceof ImageBitmap ? transfer(bitmap, [bitmap]) : bitmap;
}

async function guard<T>(call: () => Promise<T>, ...callbacks: readonly object[]): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failureOf(error);
  } finally {
    callbacks.forEach(releaseCallback);
  }
}

/** Here the callback is a comlink proxy (a port); a proxy that is not released keeps its port open for the life of the worker. */
function releaseCallback(callback: object): void {
  const release: unknown = Reflect.get(callback, releaseProxy);
  if (typeof release === "function") release();
}
