import type { Gpu } from "../gpu/device.ts";
import { outputName, type Graph } from "../graph/graph.ts";
import { metrics } from "../metrics/index.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { chooseExecution, executionLabel } from "./choose-execution.ts";
import type { AdapterDescription, Comparison, ExecutorName, Quality } from "./comparison.ts";
import type { ImageSource } from "./image-source.ts";
import { accumulateLayerErrors } from "./layer-errors.ts";
import { openExecutor } from "./open-executor.ts";
import { packageBytes } from "./package-size.ts";
import type { QuantizedModel } from "./quantize-model.ts";
import { createGpuSession } from "./session.ts";

export interface CompareRequest {
  readonly gpu: Gpu;
  readonly float: Graph;
  readonly quantized: QuantizedModel;
  readonly images: ImageSource;
  /** Class index per image. */
  readonly labels: Int32Array | null;
  readonly executor: ExecutorName;
  /** "Node 20.19" or the browser's user agent. */
  readonly runtime: string;
  readonly job?: Job | undefined;
}

/** Layer errors are measured on the first images only: reading every activation back costs more than computing it. */
const LAYER_IMAGES = 16;
const BATCH = 16;

/** Run float and quantized model on the same images, batch by batch, and measure what changed. */
export async function compareModels(request: CompareRequest): Promise<Comparison> {
  const { gpu, float, quantized, images, labels, job } = request;
  const { execution } = await chooseExecution(gpu);
  const floatSession = createGpuSession(gpu, float, { mode: "float", execution });
  const opened = await openExecutor(gpu, quantized.graph, request.executor);
  const classes = elementCount(float.shapes[outputName(float)]);
  const floatLogits = new Float32Array(images.count * classes);
  const quantizedLogits = new Float32Array(images.count * classes);
  const layers = accumulateLayerErrors(float, quantized.graph);
  const taps = float.nodes.map(({ name }) => name);
  const perf = { floatMs: 0, quantizedMs: 0 };
  const batch = opened.name === "reference" ? 1 : BATCH;
  try {
    for (let start = 0; start < images.count; start += batch) {
      throwIfCancelled(job);
      const end = Math.min(images.count, start + batch);
      job?.onProgress?.({ stage: "comparing images", done: start, total: images.count });
      const pixels = await images.batch(start, end);
      const layerPixels = Math.min(LAYER_IMAGES, images.count) - start;
      const signalOnly: Job = { signal: job?.signal };
      if (layerPixels > 0) {
        const part = await images.batch(start, Math.min(end, start + layerPixels));
        for (let i = 0; i < part.shape[0]; i++) {
          throwIfCancelled(job);
          const one = await images.batch(start + i, start + i + 1);
          layers.add((await floatSession.run(one, taps)).taps, (await opened.session.run(one, taps)).taps);
        }
      }
      const floatStartMs = performance.now();
      floatLogits.set((await floatSession.run(pixels, [], signalOnly)).logits.data, start * classes);
      const quantizedStartMs = performance.now();
      quantizedLogits.set((await opened.session.run(pixels, [], signalOnly)).logits.data, start * classes);
      perf.floatMs += quantizedStartMs - floatStartMs;
      perf.quantizedMs += performance.now() - quantizedStartMs;
    }
  } finally {
    floatSession.destroy();
    opened.session.destroy();
  }
  job?.onProgress?.({ stage: "comparing images", done: images.count, total: images.count });
  return {
    request: quantized.request,
    executor: opened.name,
    executorNote: opened.note,
    quality: measureQuality(floatLogits, quantizedLogits, images.count, classes, labels),
    layers: layers.result(),
    layerImageCount: Math.min(LAYER_IMAGES, images.count),
    size: packageBytes(float, quantized.graph),
    perf: { ...perf, calibrationMs: quantized.calibrationMs, imageCount: images.count },
    env: { adapter: await describeAdapter(gpu), runtime: request.runtime },
    floatLogits,
    quantizedLogits,
    classes,
  };
}

export async function describeAdapter(gpu: Gpu): Promise<AdapterDescription> {
  const { execution } = await chooseExecution(gpu);
  const { vendor, architecture, deviceName, description, isSoftware } = gpu;
  return { vendor, architecture, device: deviceName, description, isSoftware, integerExecution: executionLabel(execution) };
}

function measureQuality(
  floatLogits: Float32Array<ArrayBuffer>,
  quantizedLogits: Float32Array<ArrayBuffer>,
  imageCount: number,
  classes: number,
  labels: Int32Array | null,
): Quality {
  const a = tensor([imageCount, classes], floatLogits);
  const b = tensor([imageCount, classes], quantizedLogits);
  return {
    imageCount,
    top1Agreement: metrics.top1Agreement.measure(a, b),
    top1AccuracyFloat: labels ? metrics.top1Accuracy.measure(a, a, labels) : null,
    top1AccuracyQuantized: labels ? metrics.top1Accuracy.measure(a, b, labels) : null,
    logitSqnrDb: metrics.sqnrDb.measure(a, b),
    logitCosine: metrics.cosine.measure(a, b),
    klDivergence: metrics.klDivergence.measure(a, b),
  };
}
