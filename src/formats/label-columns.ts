/** Which columns of a table of labels name the files and the classes: said by somebody, by the usual headings, or guessed from the cells. */
import { InputError } from "../tensor/input-error.ts";
import { IMAGE_NAME } from "./archives/image-names.ts";
import type { LabelTable } from "./label-table.ts";

/** Headings. */
export interface LabelColumns {
  readonly file: string;
  readonly label: string;
}

/** Headings in lower case without what is no letter, the likeliest first. */
const FILE_HEADINGS = ["filename", "file", "filepath", "path", "imagename", "image", "imagepath", "imagefile", "imageid", "img", "imgname", "imgpath", "name", "id"]; // prettier-ignore
const LABEL_HEADINGS = ["label", "labels", "class", "classid", "classindex", "classidx", "classname", "category", "categoryid", "target", "groundtruth", "gt", "y", "wnid", "synset"]; // prettier-ignore
const LOOKED_AT = 50;

/** True where the file says itself what its columns are, so that nobody need be asked. */
export function isPlain({ columns }: LabelTable): boolean {
  return columns.length === 2 && columns.includes("filename") && columns.includes("label");
}

/** null where no column can be told to be one of the two. */
export function guessColumns(table: LabelTable): LabelColumns | null {
  const { columns } = table;
  if (columns.includes("filename") && columns.includes("label")) return { file: "filename", label: "label" };
  const named = columns.filter((column) => pictureShare(table, column) > 0.5);
  const file = likeliest(named, FILE_HEADINGS) ?? named.at(0) ?? likeliest(columns, FILE_HEADINGS);
  if (file === undefined) return null;
  const others = columns.filter((column) => column !== file);
  const label = likeliest(others, LABEL_HEADINGS) ?? (others.length === 1 ? others[0] : undefined);
  return label === undefined ? null : { file, label };
}

/** Each named by its heading, or by its number from 1. Throws LABEL_COLUMNS for one that is not there. */
export function columnsNamed(table: LabelTable, { file, label }: LabelColumns): LabelColumns {
  return { file: columnNamed(table, file), label: columnNamed(table, label) };
}

export function unknownColumns({ name, columns }: LabelTable): InputError {
  return new InputError("LABEL_COLUMNS", {
    what: `"${name}" has the columns ${columns.join(", ") || "(none)"}.`,
    why: "None of them can be told to be the file names, or none the labels.",
    next: "Say which two they are (--label-columns FILE,LABEL), or name them filename and label.",
  });
}

function columnNamed({ name, columns }: LabelTable, asked: string): string {
  const found = columns.includes(asked) ? asked : /^\d+$/.test(asked) ? columns.at(Number(asked) - 1) : undefined;
  if (found !== undefined && asked !== "0") return found;
  throw new InputError("LABEL_COLUMNS", {
    what: `"${name}" has no column "${asked}".`,
    why: `Its columns are ${columns.join(", ")}.`,
    next: `Give one of them, or a number from 1 to ${columns.length}.`,
  });
}

function likeliest(columns: readonly string[], headings: readonly string[]): string | undefined {
  const ranks = columns.map((column) => headings.indexOf(column.toLowerCase().replaceAll(/[^a-z]/g, "")));
  const best = Math.min(...ranks.filter((rank) => rank >= 0));
  return Number.isFinite(best) ? columns[ranks.indexOf(best)] : undefined;
}

function pictureShare({ columns, rows }: LabelTable, column: string): number {
  const at = columns.indexOf(column);
  const some = rows.slice(0, LOOKED_AT);
  return some.length === 0 ? 0 : some.filter((row) => IMAGE_NAME.test(row[at])).length / some.length;
}
