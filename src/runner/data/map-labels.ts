/** Class indices for image files, from a table or from the folders they lie in, and what may be wrong with them. Nothing is guessed silently. */
import { labelIndices, type LabelRow } from "../../formats/labels.ts";

/** A reason to look twice, with a stable code. */
export interface LabelTrap {
  readonly code:
    | "NUMERIC_FOLDERS"
    | "NUMBERS_FROM_ONE"
    | "ILSVRC_ORDER"
    | "SUBSET"
    | "SORTED_ORDER"
    | "OUT_OF_RANGE"
    | "PARTLY_LABELLED"
    | "UNKNOWN_NAMES"
    | "ONE_CLASS";
  readonly text: string;
}

export interface LabelMapping {
  readonly source: "table" | "folders" | "none";
  /** How names became classes, in a sentence. */
  readonly rule: string;
  /** Class of each file, null where none is known. */
  readonly labels: readonly (number | null)[];
  /** Folder or label as written, the class it became, and how many files have it. */
  readonly groups: readonly { readonly name: string; readonly label: number | null; readonly count: number }[];
  readonly traps: readonly LabelTrap[];
}

const WNID = /^n\d{8}$/;
const NUMBER = /^\d+$/;
const ILSVRC_VALIDATION = /ILSVRC2012_val_\d{8}/;
const collator = new Intl.Collator("en");

/** `rows`: the table's, where there is one; it wins over folders. `names`: what the model's files call its classes. */
export function mapLabels(
  paths: readonly string[],
  rows: readonly LabelRow[] | null,
  classes: number,
  names: readonly string[] | null,
): LabelMapping {
  if (classes === 0) {
    return { source: "none", rule: "The model gives features, not classes.", labels: paths.map(() => null), groups: [], traps: [] };
  }
  if (rows !== null) return fromTable(paths, rows, classes, names);
  const folders = paths.map(folderOf);
  const distinct = [...new Set(folders)];
  if (distinct.length < 2) return { source: "none", rule: "No labels were given.", labels: paths.map(() => null), groups: [], traps: [] };
  return finish("folders", paths, folders, classOfFolders(distinct, classes, names));
}

interface Classes {
  readonly rule: string;
  readonly classOf: ReadonlyMap<string, number>;
  readonly traps: readonly LabelTrap[];
}

function fromTable(paths: readonly string[], rows: readonly LabelRow[], classes: number, names: readonly string[] | null): LabelMapping {
  const written = rows.map(({ label }) => label);
  const numbers = written.every((label) => NUMBER.test(label)) ? written.map(Number) : null;
  const isFromOne = numbers !== null && Math.max(...numbers) === classes && Math.min(...numbers) >= 1;
  const indices = isFromOne ? numbers.map((number) => number - 1) : labelIndices(rows, classes, names);
  const traps: LabelTrap[] = [];
  if (isFromOne) traps.push(numbersFromOne(classes));
  if (numbers !== null && rows.some(({ filename }) => ILSVRC_VALIDATION.test(filename ?? ""))) {
    traps.push({
      code: "ILSVRC_ORDER",
      text: "The ground-truth file of ILSVRC2012 numbers classes in the challenge's own order; models number them by sorted WordNet ids. With the wrong one of the two, accuracy is that of chance.",
    });
  }
  const byFile = new Map(rows.map(({ filename }, i) => [baseOf(filename ?? ""), { written: written[i], label: indices[i] }]));
  const found = paths.map((path) => byFile.get(baseOf(path)) ?? byFile.get(stemOf(path)) ?? null);
  const rule = isFromOne
    ? "Numbers of the table, less one."
    : numbers === null
      ? "Names of the table, as the model's files list them."
      : "Numbers of the table.";
  const classOf = new Map(written.map((label, i) => [label, indices[i]]));
  return finish(
    "table",
    paths,
    found.map((one) => one?.written ?? ""),
    { rule, classOf, traps },
  );
}

function classOfFolders(distinct: readonly string[], classes: number, names: readonly string[] | null): Classes {
  const sorted = distinct.toSorted(collator.compare);
  if (distinct.every((name) => NUMBER.test(name))) return fromNumbers(distinct, classes);
  const byName = new Map((names ?? []).flatMap((name, i) => synonyms(name).map((synonym) => [synonym, i] as const)));
  const known = distinct.filter((name) => byName.has(plain(name)));
  if (known.length > 0) {
    const classOf = new Map(known.map((name) => [name, byName.get(plain(name)) ?? 0]));
    const unknown = distinct.length - known.length;
    const traps: LabelTrap[] =
      unknown === 0
        ? []
        : [
            {
              code: "UNKNOWN_NAMES",
              text: `${unknown} of ${distinct.length} folders bear no name of the model's classes; their images have no label.`,
            },
          ];
    return { rule: "Folder names, as the model's files list its classes.", classOf, traps };
  }
  if (distinct.length === classes) {
    const what = distinct.every((name) => WNID.test(name)) ? "WordNet ids" : "folder names";
    const text = `The model's files do not name its classes, so the sorted order of the ${what} was taken as class index, as training programs do.`;
    return {
      rule: `Sorted order of the ${what}.`,
      classOf: new Map(sorted.map((name, i) => [name, i])),
      traps: [{ code: "SORTED_ORDER", text }],
    };
  }
  const text = `There are ${distinct.length} class folders and the model has ${classes} classes: the place of a folder in a subset is not its class index, so the images have no labels. A table with the columns filename and label maps them.`;
  return { rule: "Folders could not be mapped to classes.", classOf: new Map(), traps: [{ code: "SUBSET", text }] };
}

function fromNumbers(distinct: readonly string[], classes: number): Classes {
  const numbers = distinct.map(Number);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const offset = least >= 1 && most === classes ? 1 : 0;
  if (most - offset >= classes) {
    const text = `Folders are numbered up to ${most}, the model has ${classes} classes: numbers are no class indices here, so the images have no labels.`;
    return { rule: "Folder numbers could not be mapped to classes.", classOf: new Map(), traps: [{ code: "OUT_OF_RANGE", text }] };
  }
  const traps: LabelTrap[] = [
    {
      code: "NUMERIC_FOLDERS",
      text: 'Folder names are read as class numbers. Programs that sort them as text number them otherwise ("10" comes before "2"): if the model was trained that way, its classes are in that order.',
    },
  ];
  if (offset === 1) traps.push(numbersFromOne(classes));
  const rule = offset === 1 ? "Folder numbers, less one." : "Folder numbers.";
  return { rule, classOf: new Map(distinct.map((name) => [name, Number(name) - offset])), traps };
}

function numbersFromOne(classes: number): LabelTrap {
  return { code: "NUMBERS_FROM_ONE", text: `Numbers go from 1 to ${classes}: they were taken to begin at one, class 0 being number 1.` };
}

function finish(source: "table" | "folders", paths: readonly string[], written: readonly string[], found: Classes): LabelMapping {
  const { rule, classOf, traps } = found;
  const labels = paths.map((_, i) => classOf.get(written[i]) ?? null);
  const counts = new Map<string, number>();
  for (const name of written) counts.set(name, (counts.get(name) ?? 0) + 1);
  const groups = [...counts].map(([name, count]) => ({ name, label: classOf.get(name) ?? null, count }));
  const labelled = labels.filter((label) => label !== null).length;
  const more: LabelTrap[] = [];
  if (labelled > 0 && labelled < labels.length) {
    more.push({
      code: "PARTLY_LABELLED",
      text: `${labels.length - labelled} of ${labels.length} images have no label: accuracy is given only where all that are judged have one.`,
    });
  }
  if (labelled > 1 && new Set(labels.filter((label) => label !== null)).size === 1) {
    more.push({ code: "ONE_CLASS", text: "All labels are the same class: neither accuracy nor calibration says much about the others." });
  }
  return { source, rule, labels, groups: groups.toSorted((a, b) => collator.compare(a.name, b.name)), traps: [...traps, ...more] };
}

/** "tench, Tinca tinca" is known by either name and as a whole. */
function synonyms(name: string): string[] {
  return [name, ...name.split(",")].map(plain).filter((text) => text !== "");
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ");
}

function folderOf(path: string): string {
  const parts = path.split("/");
  return parts.at(-2) ?? "";
}

/** Tables of identifiers leave the extension out. */
function stemOf(path: string): string {
  return baseOf(path).replace(/\.[^.]+$/, "");
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
