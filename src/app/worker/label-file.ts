import { columnsNamed, guessColumns, isPlain, type LabelColumns } from "../../formats/label-columns.ts";
import type { LabelTable } from "../../formats/label-table.ts";
import { rowsOf } from "../../formats/labels.ts";
import type { ModelCard } from "../../models/config.ts";
import { mapLabels, type LabelMapping } from "../../runner/data/map-labels.ts";
import { InputError } from "../../tensor/input-error.ts";

/** A table of labels that came with the images, as far as somebody must see it to say what its columns are. */
export interface LabelFile {
  readonly name: string;
  readonly columns: readonly string[];
  /** The first ones, a cell for each column. */
  readonly rows: readonly (readonly string[])[];
  readonly rowCount: number;
  /** Which columns were read; null where no two could be told. */
  readonly used: LabelColumns | null;
  /** Who says so: the file itself (filename and label, and nothing else), a guess, or a person. */
  readonly by: "file" | "guess" | "person";
  /** Why the guessed columns gave no labels. */
  readonly problem: string | null;
}

export interface Labelled {
  readonly mapping: LabelMapping;
  /** null where no table came. */
  readonly file: LabelFile | null;
}

const SHOWN_ROWS = 4;

/** Columns that `asked` names are read or refused; guessed ones that give no labels leave the images without, so that somebody can still choose. */
export function labelImages(paths: readonly string[], table: LabelTable | null, asked: LabelColumns | null, card: ModelCard): Labelled {
  const map = (rows: Parameters<typeof mapLabels>[1]) => mapLabels(paths, rows, card.config.numClasses, card.labels);
  if (table === null) return { mapping: map(null), file: null };
  const { name, columns } = table;
  const shown = { name, columns, rows: table.rows.slice(0, SHOWN_ROWS), rowCount: table.rows.length };
  if (asked !== null) {
    const used = columnsNamed(table, asked);
    return { mapping: map(rowsOf(table, used)), file: { ...shown, used, by: "person", problem: null } };
  }
  const used = guessColumns(table);
  const by = isPlain(table) ? "file" : "guess";
  if (used === null) return { mapping: unlabelled(paths), file: { ...shown, used, by, problem: null } };
  try {
    return { mapping: map(rowsOf(table, used)), file: { ...shown, used, by, problem: null } };
  } catch (error) {
    if (by === "file" || !(error instanceof InputError)) throw error;
    return { mapping: unlabelled(paths), file: { ...shown, used, by, problem: `${error.what} ${error.why}` } };
  }
}

function unlabelled(paths: readonly string[]): LabelMapping {
  return { source: "none", rule: "No labels yet.", labels: paths.map(() => null), groups: [], traps: [] };
}
