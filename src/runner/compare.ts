import { outputName, type Graph } from "../graph/graph.ts";
import type { ModelCard } from "../models/config.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { Comparison } from "./comparison.ts";
import type { Engine } from "./engine.ts";
import type { ImageSource } from "./image-source.ts";
import { accumulateLayerErrors } from "./layer-errors.ts";
import { measureQuality } from "./measure-quality.ts";
import { packageBytes } from "./package-size.ts";
import type { QuantizedModel } from "./quantize-model.ts";

export interface CompareRequest {
  readonly engine: Engine;
  readonly float: Graph;
  /** One or more quantized models of the same float model: all see the same images in one run. */
  readonly quantized: readonly QuantizedModel[];
  readonly images: ImageSource;
  /** Class index per image. */
  readonly labels: Int32Array | null;
  /** What the models give; class scores when absent. */
  readonly output?: ModelCard["output"] | undefined;
  /** "Node 20.19" or the browser's user agent. */
  readonly runtime: string;
  readonly job?: Job | undefined;
}

/** Layer errors are measured on the first images only: reading every activation back costs more than computing it. */
const LAYER_IMAGES = 16;
/** Images between two looks at the cancel signal. */
export const COMPARED_BATCH = 8;

/** Run the float model and its quantized twins on the same images, batch by batch, and measure what changed. One result per twin, in order. */
export async function compareModels(request: CompareRequest): Promise<Comparison[]> {
  const { engine, float, images, labels, job } = request;
  const classes = elementCount(float.shapes[outputName(float)]);
  const taps = float.nodes.map(({ name }) => name);
  const floatSession = (await engine.open(float, true)).session;
  const floatLogits = new Float32Array(images.count * classes);
  const sides = await Promise.all(
    request.quantized.map(async (model) => ({
      model,
      opened: await engine.open(model.graph, false),
      logits: new Float32Array(images.count * classes),
      layers: accumulateLayerErrors(float, model.graph),
      elapsedMs: 0,
    })),
  );
  let floatMs = 0;
  try {
    for (let start = 0; start < images.count; start += COMPARED_BATCH) {
      throwIfCancelled(job);
      job?.onProgress?.({ stage: "running float and quantized models", done: start, total: images.count });
      const end = Math.min(images.count, start + COMPARED_BATCH);
      const pixels = await images.batch(start, end);
      // Pipelines compile while the weights are packed, which is most of the wait for the first image: the job hears of it.
      if (start === 0)
        for (const session of [floatSession, ...sides.map(({ opened }) => opened.session)]) await session.prepare(1, taps, job);
      for (let i = start; i < Math.min(end, LAYER_IMAGES); i++) {
        throwIfCancelled(job);
        const one = await images.batch(i, i + 1);
        const reference = await floatSession.run(one, taps);
        for (const { opened, layers } of sides) layers.add(reference.taps, (await opened.session.run(one, taps)).taps);
      }
      await floatSession.prepare(end - start);
      const floatStartMs = performance.now();
      floatLogits.set((await floatSession.run(pixels, [], { signal: job?.signal })).logits.data, start * classes);
      floatMs += performance.now() - floatStartMs;
      for (const side of sides) {
        throwIfCancelled(job);
        await side.opened.session.prepare(end - start);
        const startMs = performance.now();
        side.logits.set((await side.opened.session.run(pixels, [], { signal: job?.signal })).logits.data, start * classes);
        side.elapsedMs += performance.now() - startMs;
      }
    }
  } finally {
    floatSession.destroy();
    for (const { opened } of sides) opened.session.destroy();
  }
  job?.onProgress?.({ stage: "running float and quantized models", done: images.count, total: images.count });
  const adapter = await engine.adapter();
  return sides.map(({ model, opened, logits, layers, elapsedMs }) => ({
    request: model.request,
    executor: opened.executor,
    executorNote: opened.note,
    quality: measureQuality(floatLogits, logits, images.count, classes, labels, request.output),
    layers: layers.result(),
    layerImageCount: Math.min(LAYER_IMAGES, images.count),
    size: packageBytes(float, model.graph),
    perf: { floatMs, quantizedMs: elapsedMs, calibrationMs: model.calibrationMs, imageCount: images.count },
    env: { adapter, runtime: request.runtime, deviceLosses: engine.deviceLosses() },
    floatLogits,
    quantizedLogits: logits,
    classes,
  }));
}
