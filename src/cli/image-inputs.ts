import type { ByteSource } from "../formats/byte-source.ts";
import type { Pixels } from "../images/pixels.ts";
import type { ModelCard } from "../models/config.ts";
import { tensorSource, type ImageSource } from "../runner/image-source.ts";
import { InputError } from "../tensor/input-error.ts";
import { imageMembers } from "../formats/archives/image-members.ts";
import { IMAGE_NAME } from "../formats/archives/image-names.ts";
import { narrowCalibration } from "../runner/data/image-notes.ts";
import { cropSource } from "./crop-source.ts";
import type { Host, Options, OptionSpec } from "./host.ts";
import { choiceOption } from "./parse-args.ts";
import { recipes } from "../quant/recipes/index.ts";
import type { LabelColumns } from "../formats/label-columns.ts";
import { labelIndices, readArray, readLabels } from "../formats/labels.ts";
import { folderOf, usableImages, type ImageReport } from "./usable-images.ts";

export interface Inputs {
  readonly images: ImageSource;
  readonly labels: Int32Array | null;
  /** File names, or null for a tensor. */
  readonly names: readonly string[] | null;
  /** null for a tensor. */
  readonly report: ImageReport | null;
  /** The same images as another model wants them; a tensor is what it is. */
  under(card: ModelCard): ImageSource;
}

export const unusualImages: OptionSpec = {
  value: "NAME",
  help: "images of unusual sizes (tiny, very long, over 50 megapixels): skip (default) or use",
};

export const labelOptions: Readonly<Record<string, OptionSpec>> = {
  labels: { value: "FILE", help: ".csv, .tsv, .json or .jsonl with file names and labels (with --images), .npy or .safetensors" },
  "label-columns": {
    value: "NAMES",
    help: "which columns of --labels hold file names and labels, by heading or number (default: guessed)",
  },
};

const NO_LABELS = { rows: null, columns: null } as const;

export function labelsFrom(options: Options): Pick<InputOptions, "labels" | "labelColumns"> {
  const asked = options["label-columns"];
  if (asked === undefined) return { labels: options.labels };
  const [file, label, ...more] = asked.split(",").map((name) => name.trim());
  if (file && label && more.length === 0) return { labels: options.labels, labelColumns: { file, label } };
  throw new InputError("USAGE", {
    what: `--label-columns is "${asked}".`,
    why: "It takes two columns, by heading or by number from 1: that of the file names and that of the labels.",
    next: "Give for example --label-columns filename,label or --label-columns 1,3.",
  });
}

export function unusualFrom(options: Options): "skip" | "use" {
  return choiceOption(options, "unusual", ["skip", "use"] as const, "skip");
}

/** Images that calibrate: no more than any recipe wants are looked at. */
export function openCalibration(host: Host, card: ModelCard, classes: number, options: Options): Promise<Inputs> {
  return openInputs(host, card, classes, {
    tensorPath: options.calibration,
    folder: options["calibration-images"],
    option: "--calibration FILE or --calibration-images DIR",
    unusual: unusualFrom(options),
    most: Math.max(...Object.values(recipes).map((recipe) => recipe.calibrationImages)),
    isCalibration: true,
  });
}

interface InputOptions {
  readonly tensorPath?: string | undefined;
  readonly folder?: string | undefined;
  readonly labels?: string | undefined;
  readonly labelColumns?: LabelColumns | undefined;
  /** How the user would give them: "--images DIR". */
  readonly option: string;
  readonly unusual?: "skip" | "use" | undefined;
  /** So many are wanted at most; files after them are not looked at. */
  readonly most?: number | undefined;
  /** They calibrate: they should not all be of one kind. */
  readonly isCalibration?: boolean;
}

/** Inputs from a tensor file or a folder of images (one of the two), with labels if given. */
export async function openInputs(
  host: Host,
  card: ModelCard,
  classes: number,
  { tensorPath, folder, labels, labelColumns, option, unusual = "skip", most = Infinity, isCalibration = false }: InputOptions,
): Promise<Inputs> {
  const { rows, columns } = labels === undefined ? NO_LABELS : await readLabels(await single(host, labels), labelColumns);
  if (tensorPath !== undefined && folder === undefined) {
    const images = await readArray(await single(host, tensorPath), "inputs");
    if (images.dtype !== "f32") {
      throw new InputError("INPUTS_DTYPE", {
        what: `"${tensorPath}" holds ${images.dtype} values.`,
        why: "Inputs are images that are already normalised, in floating point.",
        next: "Normalise them ((x/255 - mean)/std) and save float32, or give image files with --images.",
      });
    }
    const { config } = card;
    const source = tensorSource(images, [config.channels, ...config.imageSize], tensorPath);
    if (rows && rows.length !== source.count) {
      throw new InputError("LABELS_COUNT", {
        what: `There are ${rows.length} labels for ${source.count} inputs.`,
        why: "Every input needs one.",
        next: "Give as many labels as inputs, in the same order.",
      });
    }
    return { images: source, labels: rows && labelIndices(rows, classes, card.labels), names: null, report: null, under: () => source };
  }
  if (folder === undefined || tensorPath !== undefined) {
    const what = tensorPath === undefined ? "No images are given." : "A tensor and a folder of images are given.";
    throw new InputError("USAGE", { what, why: "Exactly one of them is needed.", next: `Give ${option}.` });
  }
  const { members, ignored } = await imageMembers(await host.open(folder));
  const files = members.filter(({ name }) => IMAGE_NAME.test(name));
  const others = [...ignored, ...members.filter(({ name }) => !IMAGE_NAME.test(name)).map(({ name }) => name)];
  const chosen = rows ? rows.map(({ filename }) => fileNamed(files, filename, folder)) : files;
  if (chosen.length === 0) {
    throw new InputError("NO_IMAGES", {
      what: `"${folder}" holds no images.`,
      why:
        others.length === 0
          ? "It holds no files."
          : `It holds ${others.slice(0, 3).join(", ")}${others.length > 3 ? " ..." : ""}; JPEG, PNG, WebP, GIF and BMP are read.`,
      next: "Give another folder.",
    });
  }
  const { indices, pictures, crops, report } = await usableImages(host, card, chosen, { most, unusual });
  const used = indices.map((index) => chosen[index]);
  const folders = new Set(chosen.map(({ name }) => folderOf(name)));
  const narrow = isCalibration ? narrowCalibration(pictures, folders.size) : [];
  return {
    images: fileSource(host, card, used, crops),
    under: (other) => fileSource(host, other, used, []),
    labels: rows && labelIndices(indices.map((index) => rows[index]), classes, card.labels), // prettier-ignore
    names: used.map(({ name }) => name),
    report: { ...report, ignored: others, notes: [...report.notes, ...narrow], ...(columns ? { labelColumns: columns } : {}) },
  };
}

function fileNamed(files: readonly ByteSource[], filename: string | null, folder: string): ByteSource {
  const isNamed = (name: string): boolean => name === filename || name.endsWith(`/${filename}`);
  // Tables of identifiers leave the extension out.
  const file = files.find(({ name }) => isNamed(name)) ?? files.find(({ name }) => isNamed(name.replace(/\.[^.]+$/, "")));
  if (file) return file;
  throw new InputError("IMAGE_MISSING", {
    what: `The labels name "${filename}".`,
    why: `"${folder}" holds no such image.`,
    next: "Correct the labels or the folder.",
  });
}

function fileSource(host: Host, card: ModelCard, files: readonly ByteSource[], crops: readonly Pixels[]): ImageSource {
  const pixelsOf = async (i: number) => host.decode(await files[i].slice(0, files[i].byteLength), files[i].name);
  return cropSource(files.length, pixelsOf, card.preprocessing, crops);
}

/** The one file at a path. */
export async function single(host: Host, path: string): Promise<ByteSource> {
  const found = await host.open(path);
  if (found.length === 1) return found[0];
  throw new InputError("NOT_A_FILE", {
    what: `"${path}" is a folder of ${found.length} files.`,
    why: "One file is needed here.",
    next: "Name the file.",
  });
}
