/** Swin Transformers, version 1 (Liu et al. 2021): the original's and timm's `swin_*`, old and new layouts, and Hugging Face's SwinForImageClassification. */
import { describe } from "./describe.ts";
import type { Family } from "./family.ts";
import { imagenetColours, type PreprocessingDefaults } from "./preprocessing.ts";
import { readSwinGeometry } from "./swin-geometry.ts";
import { buildSwin } from "./swin-graph.ts";
import { mapSwinNames, swinLikeness } from "./swin-names.ts";
import { namedShapes, refuseUnfit } from "./tensor-checks.ts";

const preprocessing: PreprocessingDefaults = { ...imagenetColours, huggingface: { scale: 1, interpolation: "bicubic" } };

export const swin: Family = {
  name: "swin",
  match: (files) => swinLikeness(mapSwinNames(files.weights.names)),
  describe(files) {
    const names = mapSwinNames(files.weights.names);
    refuseUnfit(names, "Swin Transformer (version 1)");
    const shapes = namedShapes(files.weights, names);
    const geometry = readSwinGeometry(files, names, shapes);
    const [height, width] = geometry.config.imageSize;
    const tokens = (height * width) / geometry.config.patchSize ** 2;
    return describe(files, names, shapes, { ...geometry, tokens }, { name: "swin", label: "Swin Transformer", preprocessing });
  },
  build: buildSwin,
};
