/** Which of a folder's files are used as images: the page's rules, applied before a command runs, so that counts and labels fit. */
import type { LabelColumns } from "../formats/label-columns.ts";
import type { ByteSource } from "../formats/byte-source.ts";
import { pictureKind } from "../images/picture-kind.ts";
import { readFacts } from "../images/read-facts.ts";
import type { Pixels } from "../images/pixels.ts";
import { cropForDisplay } from "../images/preprocess.ts";
import type { ImageTrait } from "../images/image-traits.ts";
import { unusualImage } from "../images/unusual-image.ts";
import type { ModelCard } from "../models/config.ts";
import { traitNotes, type CalibrationImage, type ImageNote } from "../runner/data/image-notes.ts";
import { InputError } from "../tensor/input-error.ts";
import { throwIfCancelled } from "../tensor/progress.ts";
import { MOST_KEPT_BYTES } from "./crop-source.ts";
import type { Host } from "./host.ts";

/** What a command says of the files that it was given as images. */
export interface ImageReport {
  readonly given: number;
  readonly used: number;
  /** Files that are left out, and why. */
  readonly skipped: readonly { readonly name: string; readonly code: string; readonly reason: string }[];
  /** Files that are no images by their names. */
  readonly ignored: readonly string[];
  readonly notes: readonly ImageNote[];
  /** Columns that labels were read from. */
  readonly labelColumns?: LabelColumns;
}

export interface UsableImages {
  /** Places among the files given. */
  readonly indices: readonly number[];
  /** Of each usable one; the label is the folder that it lies in. */
  readonly pictures: readonly CalibrationImage[];
  /** What the model sees of each usable one, of the first ones where there are many: they need not be decoded again. */
  readonly crops: readonly Pixels[];
  readonly report: Omit<ImageReport, "ignored">;
}

/** Decodes files in turn until `most` can be used. Throws NO_IMAGES where none can. */
export async function usableImages(
  host: Host,
  card: ModelCard,
  files: readonly ByteSource[],
  { most, unusual }: { readonly most: number; readonly unusual: "skip" | "use" },
): Promise<UsableImages> {
  const indices: number[] = [];
  const pictures: CalibrationImage[] = [];
  const crops: Pixels[] = [];
  let keptBytes = 0;
  const traits: (readonly ImageTrait[])[] = [];
  const skipped: { name: string; code: string; reason: string }[] = [];
  const folders = [...new Set(files.map(({ name }) => folderOf(name)))];
  const total = Math.min(most, files.length);
  for (const [index, file] of files.entries()) {
    if (indices.length === most) break;
    throwIfCancelled(host.job);
    host.job.onProgress?.({ stage: "checking images", done: indices.length, total });
    try {
      const bytes = await file.slice(0, file.byteLength);
      const facts = readFacts(bytes, file.name);
      const refused = unusual === "skip" ? unusualImage(facts, file.name, card.preprocessing) : null;
      if (refused) throw refused;
      const pixels = await host.decode(bytes, file.name);
      const crop = cropForDisplay(pixels, card.preprocessing);
      if (crops.length === indices.length && keptBytes + crop.rgb.length <= MOST_KEPT_BYTES) {
        keptBytes += crop.rgb.length;
        crops.push(crop);
      }
      pictures.push({ label: folders.indexOf(folderOf(file.name)), picture: pictureKind(pixels) });
      traits.push(facts.traits);
      indices.push(index);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      skipped.push({ name: file.name, code: error.code, reason: `${error.what} ${error.why}` });
    }
  }
  if (indices.length === 0) throw noneUsable(skipped);
  return { indices, pictures, crops, report: { given: files.length, used: indices.length, skipped, notes: traitNotes(traits) } };
}

function noneUsable(skipped: readonly { readonly name: string; readonly reason: string }[]): InputError {
  return new InputError("NO_IMAGES", {
    what: `None of the ${skipped.length} files can be used as an image.`,
    why: skipped[0].reason,
    next: "Give JPEG, PNG, WebP or GIF files, or a folder of them.",
  });
}

/** "a/b/" of "a/b/c.png". */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}
