/** `compare --with`: two float models on the same images. */
import { writeSafetensors } from "../formats/safetensors-write.ts";
import { refuseIncomparable } from "../runner/comparable-models.ts";
import { compareFloats } from "../runner/compare-floats.ts";
import { twinNotes } from "../runner/twin-notes.ts";
import { withoutQuantizers } from "../runner/open-model.ts";
import { InputError } from "../tensor/input-error.ts";
import { tensor } from "../tensor/tensor.ts";
import type { Host, Options } from "./host.ts";
import { labelsFrom, openInputs, unusualFrom } from "./image-inputs.ts";
import { manifestInputs } from "./manifest-inputs.ts";
import { buildModel, executorFrom, openHostEngine, openModelOption, recipeOptions } from "./model-options.ts";

export async function compareTwo(options: Options, host: Host): Promise<unknown> {
  refuseRecipe(options);
  const executor = executorFrom(options);
  const reference = await openModelOption(host, options);
  // What is said of one model's heads and pixels is not said of the other's.
  const other = await openModelOption(host, { model: options.with });
  refuseIncomparable(reference.card, other.card);
  const graph = withoutQuantizers(await buildModel(reference, host, executor));
  const otherGraph = withoutQuantizers(await buildModel(other, host, executor));
  const { images, otherImages, labels, report } = await imagesFor(options, host, reference.card, other.card);
  const engine = await openHostEngine(host, executor);
  const { referenceLogits, otherLogits, classes, ...rest } = await compareFloats({
    engine,
    reference: { graph, images },
    other: { graph: otherGraph, images: otherImages },
    labels,
    output: reference.card.output,
    runtime: host.runtime,
    job: host.job,
  });
  if (options.dump) {
    const shape = [images.count, classes];
    await host.write(
      options.dump,
      writeSafetensors({ float_logits: tensor(shape, referenceLogits), other_logits: tensor(shape, otherLogits) }),
    );
  }
  return {
    model: reference.card.name,
    with: other.card.name,
    notes: [...reference.notes, ...other.notes, ...twinNotes(reference, other)],
    ...(report ? { images: { judged: report } } : {}),
    ...rest,
  };
}

async function imagesFor(options: Options, host: Host, card: Parameters<typeof openInputs>[1], otherCard: typeof card) {
  const { manifest, images: folder } = options;
  if (manifest !== undefined) {
    const [listed, otherwise] = [
      await manifestInputs(host, card, manifest, folder),
      await manifestInputs(host, otherCard, manifest, folder),
    ];
    return { images: listed.evaluation, otherImages: otherwise.evaluation, labels: listed.labels, report: null };
  }
  const found = await openInputs(host, card, card.config.numClasses, {
    tensorPath: options.inputs,
    folder,
    ...labelsFrom(options),
    option: "--inputs FILE or --images DIR",
    unusual: unusualFrom(options),
  });
  return { images: found.images, otherImages: found.under(otherCard), labels: found.labels, report: found.report };
}

function refuseRecipe(options: Options): void {
  const given = Object.keys(recipeOptions).filter((name) => name !== "unusual" && options[name] !== undefined);
  if (given.length === 0) return;
  throw new InputError("USAGE", {
    what: `--with and ${given.map((name) => `--${name}`).join(", ")} are given.`,
    why: "Two float models are compared as they are: nothing is calibrated or quantized.",
    next: "Leave out one or the other.",
  });
}
