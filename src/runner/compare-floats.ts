import { outputName, type Graph } from "../graph/graph.ts";
import type { ModelCard } from "../models/config.ts";
import { throwIfCancelled, type Job } from "../tensor/progress.ts";
import { elementCount } from "../tensor/tensor.ts";
import { COMPARED_BATCH } from "./compare.ts";
import type { AdapterDescription, Quality } from "./comparison.ts";
import type { Engine } from "./engine.ts";
import type { ImageSource } from "./image-source.ts";
import { measureQuality } from "./measure-quality.ts";

/** One of two float models: each reads the images as its own preprocessing wants them. */
export interface FloatSide {
  readonly graph: Graph;
  readonly images: ImageSource;
}

/** A float model against another one on the same images; what quality calls float is the reference, quantized the other one. */
export interface FloatComparison {
  readonly quality: Quality;
  readonly perf: { readonly referenceMs: number; readonly otherMs: number; readonly imageCount: number };
  readonly env: { readonly adapter: AdapterDescription; readonly runtime: string; readonly deviceLosses: number };
  /** [imageCount, classes], row-major. */
  readonly referenceLogits: Float32Array<ArrayBuffer>;
  readonly otherLogits: Float32Array<ArrayBuffer>;
  readonly classes: number;
}

export interface CompareFloatsRequest {
  readonly engine: Engine;
  readonly reference: FloatSide;
  readonly other: FloatSide;
  readonly labels: Int32Array | null;
  readonly output: ModelCard["output"];
  readonly runtime: string;
  readonly job?: Job | undefined;
}

/** Runs both models batch by batch in turn. Layers are not compared: two networks that were trained apart have no layer in common, whatever its name. */
export async function compareFloats(request: CompareFloatsRequest): Promise<FloatComparison> {
  const { engine, reference, other, labels, job } = request;
  const { count } = reference.images;
  const classes = elementCount(reference.graph.shapes[outputName(reference.graph)]);
  const sides = [];
  try {
    for (const { graph, images } of [reference, other]) {
      const { session } = await engine.open(graph, true);
      sides.push({ session, images, logits: new Float32Array(count * classes), elapsedMs: 0 });
    }
    for (let start = 0; start < count; start += COMPARED_BATCH) {
      const end = Math.min(count, start + COMPARED_BATCH);
      job?.onProgress?.({ stage: "running both models", done: start, total: count });
      for (const side of sides) {
        throwIfCancelled(job);
        const pixels = await side.images.batch(start, end);
        await side.session.prepare(end - start, [], job);
        const startMs = performance.now();
        side.logits.set((await side.session.run(pixels, [], { signal: job?.signal })).logits.data, start * classes);
        side.elapsedMs += performance.now() - startMs;
      }
    }
  } finally {
    for (const { session } of sides) session.destroy();
  }
  const [first, second] = sides;
  return {
    quality: measureQuality(first.logits, second.logits, count, classes, labels, request.output),
    perf: { referenceMs: first.elapsedMs, otherMs: second.elapsedMs, imageCount: count },
    env: { adapter: await engine.adapter(), runtime: request.runtime, deviceLosses: engine.deviceLosses() },
    referenceLogits: first.logits,
    otherLogits: second.logits,
    classes,
  };
}
