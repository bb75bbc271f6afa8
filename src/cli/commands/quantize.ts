import { outputName } from "../../graph/graph.ts";
import { effectiveBits } from "../../runner/effective-bits.ts";
import { packageBytes } from "../../runner/package-size.ts";
import { writePackage } from "../../runner/package.ts";
import { quantizeModels } from "../../runner/quantize-model.ts";
import type { OpenModel } from "../../runner/open-model.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Command } from "../host.ts";
import { openCalibration } from "../image-inputs.ts";
import { executorFrom, modelOptions, buildModel, openHostEngine, openModelOption, recipeOptions, requestFrom } from "../model-options.ts";

export const quantize: Command = {
  name: "quantize",
  summary: "a quantized package that opens wherever a model does",
  options: {
    ...modelOptions,
    ...recipeOptions,
    executor: { value: "NAME", help: "cpu: calibrate without an adapter" },
    out: { value: "FILE", help: "the package (.safetensors)", required: true },
  },
  async run(options, host) {
    const model = await openModelOption(host, options);
    refuseQuantized(model);
    const asked = await requestFrom(host, options);
    const executor = executorFrom(options);
    const graph = await buildModel(model, host, executor);
    const [classes] = graph.shapes[outputName(graph)];
    const { images, report } = await openCalibration(host, model.card, classes, options);
    const { runNode } = await openHostEngine(host, executor);
    const [quantized] = await quantizeModels(runNode, graph, images, [asked], host.job);
    const { request } = quantized;
    const bytes = writePackage(quantized.graph, model.card, request);
    await host.write(options.out ?? "", bytes);
    return {
      out: options.out,
      request,
      effectiveBits: effectiveBits(quantized.graph),
      calibration: { imageCount: quantized.report.imageCount, elapsedMs: quantized.calibrationMs, images: report },
      size: { ...packageBytes(graph, quantized.graph), fileBytes: bytes.length },
    };
  },
};

export function refuseQuantized({ card, quantization }: OpenModel): void {
  if (!quantization) return;
  throw new InputError("ALREADY_QUANTIZED", {
    what: `"${card.name}" is a package: ${quantization.recipe} W${quantization.weightBits}A${quantization.activationBits}.`,
    why: "Quantizing again would start from rounded weights.",
    next: "Give the float model.",
  });
}
