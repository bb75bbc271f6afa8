/** A family of the plain Vision Transformer's build, from what tells it from the others. */
import type { ModelFiles } from "../formats/open-model.ts";
import { describe } from "./describe.ts";
import type { Family } from "./family.ts";
import { isObject } from "./settings.ts";
import { namedShapes, refuseUnfit } from "./tensor-checks.ts";
import { mapNames, type NameMap } from "./tensor-names.ts";
import { readGeometry } from "./vit-geometry.ts";
import { buildVit } from "./vit-graph.ts";
import type { VitVariant } from "./vit-variant.ts";

export function vitFamily(variant: VitVariant, match: (files: ModelFiles, names: NameMap) => number): Family {
  const namesOf = ({ weights }: ModelFiles) => (variant.names ?? mapNames)(weights.names);
  return {
    name: variant.name,
    match: (given) => match(ofTower(given), namesOf(given)),
    describe(given, overrides) {
      const files = ofTower(given);
      const names = namesOf(files);
      refuseUnfit(names, variant.network);
      const shapes = namedShapes(files.weights, names);
      const geometry = readGeometry(files, names, shapes, overrides, variant);
      const { card, notes } = describe(files, names, shapes, geometry, variant);
      return { card, notes: [...notes, ...(variant.notes?.(files) ?? [])] };
    },
    build: (files, card, job) => buildVit(files, card, namesOf(files), job),
  };
}

/** Models of images and texts state the vision tower's settings one level deeper. */
function ofTower(files: ModelFiles): ModelFiles {
  const tower = files.config?.vision_config;
  return isObject(tower) ? { ...files, config: { ...files.config, ...tower } } : files;
}
