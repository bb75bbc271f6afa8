/** The card of a plain Vision Transformer, from header and configuration: shared by the families ViT and DeiT. */
import type { ModelFiles } from "../formats/open-model.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { ModelCard } from "./config.ts";
import { modelError } from "./error-codes.ts";
import type { Description, Overrides } from "./family.ts";
import { findLabels } from "./labels.ts";
import { memoryOf } from "./memory.ts";
import { findPreprocessing, type FamilyName } from "./preprocessing.ts";
import { checkDtypes, namedShapes, refuseUnfit } from "./tensor-checks.ts";
import { mapNames } from "./tensor-names.ts";
import { readGeometry } from "./vit-geometry.ts";

export function describeVit(files: ModelFiles, family: FamilyName, overrides: Overrides): Description {
  const names = mapNames(files.weights.names);
  refuseUnfit(names);
  if (!names.source.has("head.weight")) throw noClassifier(files.name);
  const shapes = namedShapes(files.weights, names);
  const geometry = readGeometry(files, names, shapes, overrides);
  const found = findPreprocessing(files, family, names.naming, geometry.config);
  const allShapes = new Map([...names.source.keys()].map((name) => [name, shapes.shape(name)]));
  const card: ModelCard = {
    name: files.name,
    family,
    naming: names.naming,
    config: geometry.config,
    tokens: geometry.tokens,
    parameters: [...allShapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0),
    weightDtype: checkDtypes(files.weights, names),
    labels: findLabels(files.config, geometry.config.numClasses),
    preprocessing: found.preprocessing,
    assumed: [...geometry.assumed, ...(found.assumed ? ["preprocessing"] : [])],
    memory: memoryOf(allShapes),
  };
  return { card, notes: [...geometry.notes, ...found.notes] };
}

function noClassifier(name: string) {
  return modelError(
    "NO_CLASSIFIER",
    `${name} is a Vision Transformer without a classification head.`,
    "Float and quantized predictions are compared here, and this model makes none: it gives features only.",
    "Open a model that was fine-tuned for classification, with head.weight or classifier.weight.",
  );
}
