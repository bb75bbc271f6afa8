import type { NormalisationCheck } from "../../runner/data/check-normalisation.ts";
import type { SplitRule } from "../../runner/data/choose-images.ts";
import { DEFAULT_RULE } from "../../runner/data/choose-images.ts";
import type { Manifest } from "../../runner/data/manifest.ts";
import type { QuantizeRequest } from "../../runner/comparison.ts";
import { parseLabelTable } from "../../formats/label-table.ts";
import { labelImages } from "../worker/label-file.ts";
import type { LabelColumns } from "../../formats/label-columns.ts";
import type { ImageSet, ImageUse, LabImage, LabStability } from "../worker/lab-api.ts";
import { DEPTH, FAKE_CLASSES, FAKE_IMAGE_COUNT, fakeCard, fakeLabel } from "./fake-data.ts";

const CALIBRATION_COUNT = 32;

/** Made-up sets: the first images calibrate, the next are judged, any more are unused. */
export function fakeImageSet(
  names: readonly string[],
  skipped: ImageSet["skipped"],
  makeThumbnail: (index: number, label: number) => ImageBitmap,
  rule: SplitRule = DEFAULT_RULE,
): ImageSet {
  const leakage = names.length < CALIBRATION_COUNT + 8;
  const firstJudged = leakage ? 0 : Math.min(CALIBRATION_COUNT, rule.calibrationCount);
  const judged = names.slice(firstJudged, firstJudged + Math.min(FAKE_IMAGE_COUNT, rule.evaluationCount));
  const useOf = (index: number): ImageUse => {
    if (leakage) return "both";
    return index < firstJudged ? "calibration" : index < firstJudged + judged.length ? "evaluation" : "unused";
  };
  return {
    evaluation: judged.map((name, index): LabImage => ({
      id: `image-${firstJudged + index}`,
      name,
      label: fakeLabel(index),
      thumbnail: makeThumbnail(index, fakeLabel(index)),
    })),
    calibrationCount: leakage ? names.length : firstJudged,
    skipped,
    ignored: [],
    notes: [],
    leakage,
    items: names.map((name, index) => ({ name, label: fakeLabel(index), use: useOf(index) })),
    rule,
    labelFile: null,
    labels: {
      source: "folders",
      rule: "Folder numbers.",
      groups: FAKE_CLASSES.map((_, label) => ({ name: String(label), label, count: 4 })),
      traps: [{ code: "NUMERIC_FOLDERS", text: "Folder names are read as class numbers." }],
    },
  };
}

export function fakeSampleNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${FAKE_CLASSES[fakeLabel(i)] ?? "thing"} ${i + 1}`);
}

export function fakeManifest(set: ImageSet): Manifest {
  const used = set.items.flatMap(({ name, label, use }) => (use === "calibration" || use === "evaluation" ? [{ name, label, use }] : []));
  return {
    schema: "vitrine-manifest/1",
    order: set.rule?.order ?? "manifest",
    seed: set.rule?.seed ?? 0,
    givenCount: set.items.length,
    images: used.map(({ name, label, use }) => ({ name, label, use: [use], sizeBytes: 12_345, sha256: "ab".repeat(32) })),
  };
}

export function fakeStability(request: QuantizeRequest): LabStability {
  const titles = ["LayerNorm output, read by attn.qkv", "queries", "attention probabilities", "GELU output"];
  const sites = Array.from({ length: DEPTH }, (_, block) =>
    titles.map((title, i) => ({
      id: `blocks.${block}.${i}`,
      block,
      title,
      spread: 0.4 / (1 + block + 3 * i),
      first: 0.1,
      second: 0.1 * (1 + 0.4 / (1 + block + 3 * i)),
    })),
  ).flat();
  const sorted = sites.toSorted((a, b) => b.spread - a.spread);
  return { recipe: request.recipe, halfCount: 16, sites: sorted, medianSpread: sorted[sorted.length >> 1]?.spread ?? 0 };
}

/** A model that says ImageNet and does better with 0.5. */
export function fakeNormalisation(): NormalisationCheck {
  const half = [0.5, 0.5, 0.5] as const;
  return {
    imageCount: 16,
    trials: [
      { name: "ImageNet", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], isCurrent: true, confidence: 0.52, accuracy: 0.625 },
      { name: "0.5 (-1 to 1)", mean: half, std: half, isCurrent: false, confidence: 0.81, accuracy: 0.9375 },
    ],
    better: 1,
  };
}

/** The set with labels from a table, read as the engine reads it. */
export function withFakeLabels(
  set: ImageSet,
  table: { readonly name: string; readonly text: string },
  asked: LabelColumns | null,
): ImageSet {
  const paths = set.items.map(({ name }) => name);
  const { mapping, file } = labelImages(paths, parseLabelTable(table.text, table.name), asked, fakeCard(4));
  const { labels, ...rest } = mapping;
  const labelOf = new Map(paths.map((path, i) => [path, labels[i] ?? null]));
  return {
    ...set,
    evaluation: set.evaluation.map((image) => ({ ...image, label: labelOf.get(image.name) ?? null })),
    items: set.items.map((item, i) => ({ ...item, label: labels[i] ?? null })),
    labels: rest,
    labelFile: file,
  };
}
