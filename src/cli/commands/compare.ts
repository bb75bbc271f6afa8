import { writeSafetensors } from "../../formats/safetensors-write.ts";
import { outputName, type Graph } from "../../graph/graph.ts";
import { compareModels } from "../../runner/compare.ts";
import { effectiveBits } from "../../runner/effective-bits.ts";
import type { Engine } from "../../runner/engine.ts";
import type { ImageSource } from "../../runner/image-source.ts";
import { withoutQuantizers, type OpenModel } from "../../runner/open-model.ts";
import { quantizeModels, type QuantizedModel } from "../../runner/quantize-model.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { Command, Host, Options } from "../host.ts";
import { untrainedClassifier } from "../../runner/inspect/untrained-classifier.ts";
import { labelOptions, labelsFrom, openCalibration, openInputs, unusualFrom } from "../image-inputs.ts";
import { compareTwo } from "../compare-two.ts";
import { manifestInputs } from "../manifest-inputs.ts";
import {
  executorFrom,
  executorOption,
  modelOptions,
  buildModel,
  openHostEngine,
  openModelOption,
  recipeOptions,
  requestFrom,
} from "../model-options.ts";

export const compare: Command = {
  name: "compare",
  summary: "float against quantized on the same images, or against another float model (--with)",
  options: {
    ...modelOptions,
    ...recipeOptions,
    inputs: { value: "FILE", help: ".npy or .safetensors of normalised [N,3,H,W] f32" },
    images: { value: "DIR", help: "image files instead" },
    ...labelOptions,
    with: { value: "PATH", help: "another model of the same input and classes: both are compared in float, nothing is quantized" },
    manifest: {
      value: "FILE",
      help: "made by the page: which of --images calibrate and which are judged (without --images: the sample's)",
    },
    executor: executorOption,
    dump: { value: "FILE", help: "float_logits and quantized_logits as .safetensors" },
  },
  async run(options, host) {
    if (options.with !== undefined) return compareTwo(options, host);
    const model = await openModelOption(host, options);
    const executor = executorFrom(options);
    const built = await buildModel(model, host, executor);
    const float = withoutQuantizers(built);
    const [classes] = float.shapes[outputName(float)];
    const source = {
      tensorPath: options.inputs,
      folder: options.images,
      ...labelsFrom(options),
      option: "--inputs FILE or --images DIR",
      unusual: unusualFrom(options),
    };
    const listed = options.manifest === undefined ? null : await manifestInputs(host, model.card, options.manifest, options.images);
    const { images, labels, report } = listed
      ? { images: listed.evaluation, labels: listed.labels, report: null }
      : await openInputs(host, model.card, classes, source);
    const engine = await openHostEngine(host, executor);
    const calibration =
      model.quantization || listed
        ? { images: listed?.calibration ?? null, report: null }
        : await openCalibration(host, model.card, classes, options);
    const quantized = await quantizedFrom(model, built, options, host, engine, calibration.images);
    const [comparison] = await compareModels({
      engine,
      float,
      quantized: [quantized],
      images,
      labels,
      output: model.card.output,
      runtime: host.runtime,
      job: host.job,
    });
    const { floatLogits, quantizedLogits, ...rest } = comparison;
    if (options.dump) {
      const shape = [images.count, classes];
      await host.write(
        options.dump,
        writeSafetensors({ float_logits: tensor(shape, floatLogits), quantized_logits: tensor(shape, quantizedLogits) }),
      );
    }
    const unused = labels && model.card.output === "features" ? ["The model gives features and no classes: the labels were not used."] : [];
    const untrained = untrainedClassifier(float);
    return {
      model: model.card.name,
      notes: [...model.notes, ...unused, ...(untrained ? [untrained.text] : [])],
      ...(report || calibration.report ? { images: { judged: report, calibration: calibration.report } } : {}),
      effectiveBits: effectiveBits(quantized.graph),
      ...rest,
    };
  },
};

/** A package is compared as it is, with its own decoded weights as the float side; a float model is quantized first. */
async function quantizedFrom(
  model: OpenModel,
  graph: Graph,
  options: Options,
  host: Host,
  engine: Engine,
  calibration: ImageSource | null,
): Promise<QuantizedModel> {
  if (model.quantization || !calibration) {
    if (!model.quantization) throw new Error("internal: a float model without calibration images");
    const report = { recipe: model.quantization.recipe, imageCount: 0, observed: {}, recalibrated: {} };
    return { graph, request: model.quantization, report, calibrationMs: 0 };
  }
  const [quantized] = await quantizeModels(engine.runNode, graph, calibration, [await requestFrom(host, options)], host.job);
  return quantized;
}
