/** A file of labels as columns and rows of text, whatever way it was written; which column means what is told by label-columns.ts. */
import { InputError } from "../tensor/input-error.ts";
import { IMAGE_NAME } from "./archives/image-names.ts";

export interface LabelTable {
  readonly name: string;
  /** Headings, all different; "column 1" ... where the file has none. */
  readonly columns: readonly string[];
  /** A cell of every column each; "" where the file has nothing. */
  readonly rows: readonly (readonly string[])[];
  /** What a row is called in errors: its line in a file of lines. */
  rowName(index: number): string;
}

export const LABEL_FILE = /\.(csv|tsv|jsonl?)$/i;

export function parseLabelTable(text: string, name: string): LabelTable {
  const plain = text.replace(/^\uFEFF/, "");
  if (/\.json$/i.test(name)) return fromJson(parsed(plain, name), name);
  if (/\.jsonl$/i.test(name)) {
    const records = lines(plain).map((line) => parsed(line, name));
    return fromJson(records, name);
  }
  const rows = lines(plain);
  const separator = [",", ";", "\t"].toSorted((a, b) => count(rows[0], b) - count(rows[0], a))[0];
  return fromRows(rows.map((line) => cells(line, separator)), name); // prettier-ignore
}

/** True for JSON that is a table of labels and no configuration: some cells are names of pictures. */
export function holdsLabels(text: string, name: string): boolean {
  try {
    return parseLabelTable(text, name).rows.some((row) => row.some((cell) => IMAGE_NAME.test(cell)));
  } catch {
    return false; // whoever opens it says what is wrong with it
  }
}

function fromRows([first = [], ...rest]: readonly (readonly string[])[], name: string): LabelTable {
  // A first line that names a picture is no heading.
  const isHeading = !first.some((cell) => IMAGE_NAME.test(cell));
  const rows = isHeading ? rest : [first, ...rest];
  const width = Math.max(0, first.length, ...rows.map((row) => row.length));
  const headings = Array.from({ length: width }, (_, i) => (isHeading ? (first[i] ?? "") : ""));
  return {
    name,
    columns: distinct(headings),
    rows: rows.map((row) => headings.map((_, i) => row[i] ?? "")),
    rowName: (index) => `Line ${index + (isHeading ? 2 : 1)}`,
  };
}

/** Records, rows, a map from names to labels, columns as pandas writes them, or one of these under the only key that holds a list. */
function fromJson(value: unknown, name: string): LabelTable {
  if (Array.isArray(value) && value.length > 0) {
    if (value.every(Array.isArray)) return fromRows(value.map((row: unknown[]) => row.map(textOf)), name); // prettier-ignore
    if (value.every(isRecord)) {
      const keys = [...new Set(value.flatMap(Object.keys))];
      return { name, columns: keys, rows: value.map((record) => keys.map((key) => textOf(record[key]))), rowName };
    }
  }
  if (isRecord(value)) {
    const entries = Object.entries(value);
    if (entries.length > 0 && entries.every(([, label]) => isScalar(label))) {
      return { name, columns: ["filename", "label"], rows: entries.map(([file, label]) => [file, textOf(label)]), rowName };
    }
    if (entries.length > 1 && entries.every(([, column]) => typeof column === "object" && column !== null)) {
      const columns = entries.map(([, column]) => Object.values(column as object).map(textOf));
      if (columns.every((column) => column.length === columns[0].length)) {
        return { name, columns: Object.keys(value), rows: columns[0].map((_, i) => columns.map((column) => column[i])), rowName };
      }
    }
    const lists = entries.filter(([, list]) => Array.isArray(list));
    if (lists.length === 1) return fromJson(lists[0][1], name);
  }
  throw new InputError("LABELS_INVALID", {
    what: `"${name}" holds no table of labels.`,
    why: "A list of records, a list of rows, or an object from file names to labels is read.",
    next: 'Write it as [{"filename": "a.png", "label": 3}, ...].',
  });
}

function rowName(index: number): string {
  return `Record ${index + 1}`;
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError("LABELS_INVALID", {
      what: `"${name}" is no JSON.`,
      why: `${error instanceof Error ? error.message : String(error)}.`,
      next: "Correct the file, or give the labels as CSV.",
    });
  }
}

/** "" and what occurs twice get names of their own, so that a column can be told by its name. */
function distinct(headings: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return headings.map((heading, i) => {
    const name = heading === "" || seen.has(heading) ? [heading, `column ${i + 1}`].filter((part) => part !== "").join(", ") : heading;
    seen.add(name);
    return name;
  });
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function count(line: string | undefined, separator: string): number {
  return (line ?? "").split(separator).length;
}

function cells(line: string, separator: string): string[] {
  const cell = new RegExp(`(?:^|${separator})(?:"((?:[^"]|"")*)"|([^${separator}]*))`, "g");
  return [...line.matchAll(cell)].map((match) => (match[1]?.replaceAll('""', '"') ?? match[2] ?? "").trim());
}

function textOf(value: unknown): string {
  return isScalar(value) ? String(value).trim() : "";
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
