import { readNpy } from "./npy.ts";
import { openSafetensors } from "./safetensors.ts";
import { readAny, type AnyTensor } from "./tensor-store.ts";
import type { ByteSource } from "./byte-source.ts";
import { InputError } from "../tensor/input-error.ts";
import { columnsNamed, guessColumns, unknownColumns, type LabelColumns } from "./label-columns.ts";
import { LABEL_FILE, parseLabelTable, type LabelTable } from "./label-table.ts";

/** One row of a labels file: the image it names (null in an array) and its label as written. */
export interface LabelRow {
  readonly filename: string | null;
  readonly label: string;
}

export interface ReadLabels {
  readonly rows: readonly LabelRow[];
  /** Where it was a table: the columns that were read. */
  readonly columns: LabelColumns | null;
}

/** Labels from .csv, .tsv, .json or .jsonl (`columns`: which two; guessed where absent), .npy or .safetensors (tensor `labels` if several). */
export async function readLabels(source: ByteSource, columns?: LabelColumns): Promise<ReadLabels> {
  if (LABEL_FILE.test(source.name)) {
    const table = parseLabelTable(new TextDecoder().decode(await source.slice(0, source.byteLength)), source.name);
    const used = columns === undefined ? guessColumns(table) : columnsNamed(table, columns);
    if (used === null) throw unknownColumns(table);
    return { rows: rowsOf(table, used), columns: used };
  }
  const values = await readArray(source, "labels");
  return { rows: Array.from(values.data, (label) => ({ filename: null, label: String(label) })), columns: null };
}

/** An array from .npy or .safetensors; of several tensors the one named `name`. */
export async function readArray(source: ByteSource, name: string): Promise<AnyTensor> {
  if (/\.npy$/i.test(source.name)) return readNpy(source);
  const store = await openSafetensors(source);
  return readAny(store, store.names.length === 1 ? store.names[0] : name);
}

/** Every row must name a file and have a label. */
export function rowsOf(table: LabelTable, { file, label }: LabelColumns): readonly LabelRow[] {
  const [fileAt, labelAt] = [table.columns.indexOf(file), table.columns.indexOf(label)];
  return table.rows.map((row, index) => {
    if (row[fileAt] !== "" && row[labelAt] !== "") return { filename: row[fileAt], label: row[labelAt] };
    throw new InputError("LABELS_INVALID", {
      what: `${table.rowName(index)} of "${table.name}" is "${row.join(",")}".`,
      why: `It has no file name in the column ${file}, or no label in the column ${label}.`,
      next: "Complete or remove it, or take other columns.",
    });
  });
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
