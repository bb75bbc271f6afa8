import { fromBlob } from "../../formats/byte-source.ts";
import { imageMembers } from "../../formats/archives/image-members.ts";
import type { LabelColumns } from "../../formats/label-columns.ts";
import { LABEL_FILE, parseLabelTable, type LabelTable } from "../../formats/label-table.ts";
import { readBytes } from "../../formats/read-bytes.ts";
import type { Pixels } from "../../images/pixels.ts";
import { readFacts, type ImageFacts } from "../../images/read-facts.ts";
import type { ModelCard } from "../../models/config.ts";
import type { LabelMapping } from "../../runner/data/map-labels.ts";
import { renderSample } from "../../sample/render.ts";
import { CALIBRATION_FIRST_SEED, EVALUATION_FIRST_SEED, labelOfSeed } from "../../sample/seeds.ts";
import { decodeInBrowser } from "../decode-browser.ts";
import type { DroppedFile } from "./lab-api.ts";
import { labelImages, type LabelFile } from "./label-file.ts";

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
  /** The table that labels were read from, whole and as it is shown. */
  readonly table: LabelTable | null;
  readonly labelFile: LabelFile | null;
  /** Files inside archives that systems leave behind. */
  readonly ignored: readonly string[];
}

/** Files as images; one of them may be a table of labels. */
export async function fileItems(files: readonly DroppedFile[], card: ModelCard, picked: PickedColumns | null): Promise<GivenImages> {
  const found = await Promise.all(files.map(picturesOf));
  const given = found.flatMap(({ pictures }) => pictures);
  const labelsFile = given.find(({ path }) => LABEL_FILE.test(path));
  const pictures = given.filter((file) => file !== labelsFile);
  const table = labelsFile ? parseLabelTable(await (await labelsFile.blob()).text(), labelsFile.path) : null;
  const items = pictures.map(({ path, sizeBytes, blob }): ImageItem => {
    const bytes = async () => readBytes(fromBlob(await blob(), path), 0, sizeBytes);
    return {
      name: path,
      sizeBytes,
      label: null,
      facts: async () => readFacts(await bytes(), path),
      pixels: async () => decodeInBrowser(await blob(), path),
      bytes,
    };
  });
  const ignored = found.flatMap((one) => one.ignored);
  const asked = picked !== null && picked.file === table?.name ? picked.columns : null;
  return relabelled({ items, labels: NO_LABELS, table, labelFile: null, ignored }, asked, card);
}

/** Which columns somebody picked of the table of this name. */
export interface PickedColumns {
  readonly file: string;
  readonly columns: LabelColumns;
}

/** The same images with the labels that these columns of their table give; null: those that can be told. */
export function relabelled(given: GivenImages, asked: LabelColumns | null, card: ModelCard): GivenImages {
  const paths = given.items.map(({ name }) => name);
  const { mapping, file } = labelImages(paths, given.table, asked, card);
  const { labels, ...rest } = mapping;
  return { ...given, items: given.items.map((item, i) => ({ ...item, label: labels[i] })), labels: rest, labelFile: file };
}

const NO_LABELS = { source: "none", rule: "", groups: [], traps: [] } as const;

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
  const labels = { source: "table", rule: "The renderer knows what it draws.", groups: [], traps: [] } as const;
  return { items, labels, table: null, labelFile: null, ignored: [] };
}
