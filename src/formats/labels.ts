import { readNpy } from "./npy.ts";
import { openSafetensors } from "./safetensors.ts";
import { readAny, type AnyTensor } from "./tensor-store.ts";
import type { ByteSource } from "./byte-source.ts";
import { InputError } from "../tensor/input-error.ts";

/** One row of a labels file: the image it names (CSV only) and its label as written. */
export interface LabelRow {
  readonly filename: string | null;
  readonly label: string;
}

/** Labels from .csv (columns filename,label), .npy or .safetensors (tensor `labels` if several). */
export async function readLabels(source: ByteSource): Promise<readonly LabelRow[]> {
  if (/\.csv$/i.test(source.name)) return parseLabelCsv(new TextDecoder().decode(await source.slice(0, source.byteLength)), source.name);
  const values = await readArray(source, "labels");
  return Array.from(values.data, (label) => ({ filename: null, label: String(label) }));
}

/** An array from .npy or .safetensors; of several tensors the one named `name`. */
export async function readArray(source: ByteSource, name: string): Promise<AnyTensor> {
  if (/\.npy$/i.test(source.name)) return readNpy(source);
  const store = await openSafetensors(source);
  return readAny(store, store.names.length === 1 ? store.names[0] : name);
}

/** `filename,label` with a header row; other columns are ignored, quotes are allowed. */
export function parseLabelCsv(text: string, name: string): readonly LabelRow[] {
  const [header, ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map(cells);
  const file = header?.indexOf("filename") ?? -1;
  const label = header?.indexOf("label") ?? -1;
  if (file < 0 || label < 0) {
    throw new InputError("LABELS_INVALID", {
      what: `"${name}" has the columns ${header?.join(", ") || "(none)"}.`,
      why: "Labels are read from the columns filename and label.",
      next: "Add a first line `filename,label`.",
    });
  }
  return rows.map((row, index) => {
    if (row[file] && row[label] !== undefined && row[label] !== "") return { filename: row[file], label: row[label] };
    throw new InputError("LABELS_INVALID", {
      what: `Line ${index + 2} of "${name}" is "${row.join(",")}".`,
      why: "It has no filename or no label.",
      next: "Complete or remove the line.",
    });
  });
}

function cells(line: string): string[] {
  const found: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    found.push((match[1]?.replaceAll('""', '"') ?? match[2]).trim());
  return found;
}

/** Class indices: numbers as they are, names through the model's label names. */
export function labelIndices(rows: readonly LabelRow[], classes: number, names: readonly string[] | null): Int32Array {
  return Int32Array.from(rows, ({ label }) => {
    const index = /^\d+$/.test(label) ? Number(label) : (names?.indexOf(label) ?? -1);
    if (index >= 0 && index < classes) return index;
    throw new InputError("LABEL_UNKNOWN", {
      what: `The label "${label}" is none of the model's ${classes} classes.`,
      why: "Accuracy needs class indices, or names that the model's configuration lists.",
      next: `Give numbers from 0 to ${classes - 1}.`,
    });
  });
}
