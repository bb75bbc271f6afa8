import { fromBlob } from "../../formats/byte-source.ts";
import { imageMembers } from "../../formats/archives/image-members.ts";
import { parseLabelCsv } from "../../formats/labels.ts";
import { readBytes } from "../../formats/read-bytes.ts";
import type { Pixels } from "../../images/pixels.ts";
import { readFacts, type ImageFacts } from "../../images/read-facts.ts";
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
  /** From the file's header; null where there is no file. Throws an InputError for what is no image. */
  facts(): Promise<ImageFacts | null>;
  pixels(): Promise<Pixels>;
  /** What its digest is taken of: the file, or the pixels where there is none. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface GivenImages {
  readonly items: readonly ImageItem[];
  readonly labels: Omit<LabelMapping, "labels">;
  /** Files inside archives that systems leave behind. */
  readonly ignored: readonly string[];
}

/** Files as images; one of them may be a table of labels. */
export async function fileItems(files: readonly DroppedFile[], card: ModelCard): Promise<GivenImages> {
  const found = await Promise.all(files.map(picturesOf));
  const given = found.flatMap(({ pictures }) => pictures);
  const table = given.find(({ path }) => /\.csv$/i.test(path));
  const pictures = given.filter((file) => file !== table);
  const rows = table ? parseLabelCsv(await (await table.blob()).text(), table.path) : null;
  const paths = pictures.map(({ path }) => path);
  const { labels, ...mapping } = mapLabels(paths, rows, card.config.numClasses, card.labels);
  const items = pictures.map(({ path, sizeBytes, blob }, i) => {
    const bytes = async () => readBytes(fromBlob(await blob(), path), 0, sizeBytes);
    return {
      name: path,
      sizeBytes,
      label: labels[i],
      facts: async () => readFacts(await bytes(), path),
      pixels: async () => decodeInBrowser(await blob(), path),
      bytes,
    };
  });
  return { items, labels: mapping, ignored: found.flatMap(({ ignored }) => ignored) };
}

interface Picture {
  readonly path: string;
  readonly sizeBytes: number;
  /** Members of an archive are read, and inflated, when they are needed. */
  blob(): Promise<Blob>;
}

async function picturesOf({ path, blob }: DroppedFile): Promise<{ pictures: readonly Picture[]; ignored: readonly string[] }> {
  if (!/\.(zip|tar|tgz|gz)$/i.test(path)) {
    return { pictures: [{ path, sizeBytes: blob.size, blob: () => Promise.resolve(blob) }], ignored: [] };
  }
  const { members, ignored } = await imageMembers([fromBlob(blob, path)]);
  const pictures = members.map((member) => ({
    path: member.name,
    sizeBytes: member.byteLength,
    blob: async () => new Blob([await member.slice(0, member.byteLength)]),
  }));
  return { pictures, ignored };
}

const SAMPLE_COUNT = 32;

/** The sample's images, rendered when they are needed: seeds for calibration first, then others for evaluation. */
export function sampleItems(): GivenImages {
  const seeds = [CALIBRATION_FIRST_SEED, EVALUATION_FIRST_SEED].flatMap((first) =>
    Array.from({ length: SAMPLE_COUNT }, (_, i) => first + i),
  );
  const items = seeds.map((seed) => {
    const pixels = (): Promise<Pixels> => Promise.resolve(renderSample(seed).pixels);
    return {
      name: `seed ${seed}`,
      sizeBytes: 0,
      label: labelOfSeed(seed),
      facts: () => Promise.resolve(null),
      pixels,
      bytes: async () => (await pixels()).rgb.slice(),
    };
  });
  return { items, labels: { source: "table", rule: "The renderer knows what it draws.", groups: [], traps: [] }, ignored: [] };
}
