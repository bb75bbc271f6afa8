/** What every family's card needs besides its geometry: parameters, storage, labels, preprocessing, memory. */
import type { ModelFiles } from "../formats/open-model.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import type { Description } from "./family.ts";
import { findLabels } from "./labels.ts";
import { memoryOf } from "./memory.ts";
import { findPreprocessing, preprocessingFile, type PreprocessingDefaults } from "./preprocessing.ts";
import { checkDtypes, type NamedShapes } from "./tensor-checks.ts";
import type { NameMap } from "./tensor-names.ts";

/** A geometry as read from header and configuration. */
export interface Geometry {
  readonly config: VitConfig;
  readonly tokens: number;
  readonly assumed: readonly string[];
  readonly notes: readonly string[];
}

export function describe(
  files: ModelFiles,
  names: NameMap,
  shapes: NamedShapes,
  { config, tokens, assumed, notes }: Geometry,
  family: { readonly name: string; readonly label: string; readonly preprocessing: PreprocessingDefaults },
): Description {
  const found = findPreprocessing(files, family.preprocessing, names.naming, config);
  const allShapes = new Map([...names.source.keys()].map((name) => [name, shapes.shape(name)]));
  return {
    card: {
      name: files.name,
      family: family.name,
      familyLabel: family.label,
      naming: names.naming,
      config,
      output: config.numClasses > 0 ? "classes" : "features",
      tokens,
      parameters: [...allShapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0),
      weightDtype: checkDtypes(files.weights, names),
      labels: findLabels(files.config, config.numClasses),
      preprocessing: found.preprocessing,
      preprocessingFile: preprocessingFile(files),
      assumed: [...assumed, ...(found.assumed ? ["preprocessing"] : [])],
      memory: memoryOf(allShapes),
    },
    notes: [...notes, ...found.notes],
  };
}
