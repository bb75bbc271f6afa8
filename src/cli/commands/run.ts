import { writeSafetensors } from "../../formats/safetensors-write.ts";
import { argmaxRows } from "../../metrics/metric.ts";
import { withoutQuantizers } from "../../runner/open-model.ts";
import { tensor } from "../../tensor/tensor.ts";
import { outputName } from "../../graph/graph.ts";
import type { Command } from "../host.ts";
import { openInputs, unusualFrom, unusualImages } from "../image-inputs.ts";
import {
  buildModel,
  executorFrom,
  executorOption,
  modelOptions,
  openHostEngine,
  openModelOption,
  precisionFrom,
  precisionOption,
} from "../model-options.ts";

export const run: Command = {
  name: "run",
  summary: "logits of a model, or of a quantized package in integers",
  options: {
    ...modelOptions,
    inputs: { value: "FILE", help: ".npy or .safetensors of normalised [N,3,H,W] f32" },
    images: { value: "DIR", help: "image files instead" },
    unusual: unusualImages,
    precision: precisionOption,
    executor: executorOption,
    out: { value: "FILE", help: "logits as .safetensors" },
  },
  async run(options, host) {
    const model = await openModelOption(host, options);
    const precision = precisionFrom(model, options);
    const executor = executorFrom(options);
    const graph = await buildModel(model, host, executor);
    const [classes] = graph.shapes[outputName(graph)];
    const { images, names, report } = await openInputs(host, model.card, classes, {
      tensorPath: options.inputs,
      folder: options.images,
      option: "--inputs FILE or --images DIR",
      unusual: unusualFrom(options),
    });
    const engine = await openHostEngine(host, executor);
    const isFloat = precision !== "quantized";
    const opened = isFloat ? await engine.open(withoutQuantizers(graph), true, precision) : await engine.open(graph, false);
    const logits = new Float32Array(images.count * classes);
    const startMs = performance.now();
    for (let start = 0; start < images.count; start += 16) {
      host.job.signal?.throwIfAborted();
      host.job.onProgress?.({ stage: "running images", done: start, total: images.count });
      const end = Math.min(images.count, start + 16);
      logits.set((await opened.session.run(await images.batch(start, end))).logits.data, start * classes);
    }
    const elapsedMs = performance.now() - startMs;
    opened.session.destroy();
    const output = tensor([images.count, classes], logits);
    if (options.out) await host.write(options.out, writeSafetensors({ logits: output }));
    return {
      model: model.card.name,
      precision,
      executor: isFloat && executor !== "cpu" ? "float" : opened.executor,
      executorNote: opened.note,
      imageCount: images.count,
      classes,
      top1: [...argmaxRows(output)],
      ...(names ? { files: names } : {}),
      ...(report ? { images: report } : {}),
      out: options.out ?? null,
      perf: { elapsedMs, note: "first run included" },
      env: { adapter: await engine.adapter(), runtime: host.runtime, deviceLosses: engine.deviceLosses() },
    };
  },
};
