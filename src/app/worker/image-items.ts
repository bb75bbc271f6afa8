import { fromBlob } from "../../formats/byte-source.ts";
import { parseLabelCsv } from "../../formats/labels.ts";
import { readBytes } from "../../formats/read-bytes.ts";
import type { Pixels } from "../../images/pixels.ts";
import type { ModelCard } from "../../models/config.ts";
import { mapLabels, type LabelMapping } from "../../runner/data/map-labels.ts";
import { renderSample } from "../../sample/render.ts";
import { CALIBRATION_FIRST_SEED, EVALUATION_FIRST_SEED, labelOfSeed } from "../../sample/seeds.ts";
import { decodeInBrowser } from "../decode-browser.ts";
import type { DroppedFile } from "./lab-api.ts";

/** An image that was given, not decoded before somebody needs it. */
export interface ImageItem {
  readonly name: string;
  readonly sizeBytes: number;
  readonly label: number | null;
  pixels(): Promise<Pixels>;
  /** What its digest is taken of: the file, or the pixels where there is none. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface GivenImages {
  readonly items: readonly ImageItem[];
  readonly labels: Omit<LabelMapping, "labels">;
}

/** Files as images; one of them may be a table of labels. */
export async function fileItems(files: readonly DroppedFile[], card: ModelCard): Promise<GivenImages> {
  const table = files.find(({ path }) => /\.csv$/i.test(path));
  const pictures = files.filter((file) => file !== table);
  const rows = table ? parseLabelCsv(await table.blob.text(), table.path) : null;
  const paths = pictures.map(({ path }) => path);
  const { labels, ...mapping } = mapLabels(paths, rows, card.config.numClasses, card.labels);
  const items = pictures.map(({ path, blob }, i) => ({
    name: path,
    sizeBytes: blob.size,
    label: labels[i],
    pixels: () => decodeInBrowser(blob, path),
    bytes: () => readBytes(fromBlob(blob, path), 0, blob.size),
  }));
  return { items, labels: mapping };
}

const SAMPLE_COUNT = 32;

/** The sample's images, rendered when they are needed: seeds for calibration first, then others for evaluation. */
export function sampleItems(): GivenImages {
  const seeds = [CALIBRATION_FIRST_SEED, EVALUATION_FIRST_SEED].flatMap((first) =>
    Array.from({ length: SAMPLE_COUNT }, (_, i) => first + i),
  );
  const items = seeds.map((seed) => {
    const pixels = (): Promise<Pixels> => Promise.resolve(renderSample(seed).pixels);
    return { name: `seed ${seed}`, sizeBytes: 0, label: labelOfSeed(seed), pixels, bytes: async () => (await pixels()).rgb.slice() };
  });
  return { items, labels: { source: "table", rule: "The renderer knows what it draws.", groups: [], traps: [] } };
}
