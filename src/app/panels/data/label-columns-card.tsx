import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { ChoiceSelect } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import type { LabelFile } from "../../worker/label-file.ts";

const NONE = "";

/** Which column of the table of labels is the file's name, which the label: guessed, and changed here with the first rows in sight. */
export function LabelColumnsCard({ file }: { readonly file: LabelFile }) {
  const { pickLabelColumns } = useActions();
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const [picked, setPicked] = useState({ file: file.used?.file ?? NONE, label: file.used?.label ?? NONE });
  const [of, setOf] = useState(file);
  if (of !== file) {
    setOf(file);
    setPicked({ file: file.used?.file ?? NONE, label: file.used?.label ?? NONE });
  }
  const isChanged = picked.file !== file.used?.file || picked.label !== file.used?.label;
  const isWhole = picked.file !== NONE && picked.label !== NONE && picked.file !== picked.label;
  const choices = file.columns.map((column, i) => ({ value: column, label: column, description: examplesOf(file, i) }));
  const isSettled = file.used !== null && file.problem === null;
  return (
    <section className="card" aria-labelledby="columns-title" data-testid="label-columns" data-by={file.by}>
      <h2 id="columns-title">Columns of {baseName(file.name)}</h2>
      <p className={isSettled ? undefined : "notice warning"} data-testid="label-columns-state">
        {!isSettled && <span aria-hidden="true">▲ </span>}
        {stateText(file)}
      </p>
      <ScrollTable label={`First rows of ${baseName(file.name)}`} className="label-rows">
        <thead>
          <tr>
            {file.columns.map((column) => (
              <th key={column} scope="col" className={roleOf(column, picked)}>
                {column}
                {roleOf(column, picked) !== undefined && <span className="label-role">{column === picked.file ? "file" : "label"}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {file.rows.map((row, i) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows of a file have no other name than their place
            <tr key={i}>
              {row.map((cell, at) => (
                <td key={file.columns[at]} className={roleOf(file.columns[at] ?? "", picked)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      {file.rowCount > file.rows.length && (
        <p className="muted small">and {(file.rowCount - file.rows.length).toLocaleString("en")} more rows</p>
      )}
      <div className="row label-choices">
        <ChoiceSelect
          label="File names are in"
          testId="file-column"
          value={picked.file}
          choices={choices}
          otherwise="Choose …"
          onChange={(column) => setPicked({ ...picked, file: column })}
        />
        <ChoiceSelect
          label="Labels are in"
          testId="label-column"
          value={picked.label}
          choices={choices}
          otherwise="Choose …"
          onChange={(column) => setPicked({ ...picked, label: column })}
        />
        <Button
          className="button primary"
          isDisabled={isBusy || !isWhole || !(isChanged || file.by === "guess")}
          onPress={() => void pickLabelColumns(picked)}
        >
          Use these columns
        </Button>
      </div>
      {picked.file !== NONE && picked.file === picked.label && <p className="small field-error">One column cannot be both.</p>}
    </section>
  );
}

function stateText({ used, by, problem }: LabelFile): string {
  if (used === null)
    return "Which column holds the file names and which the labels cannot be told. Until you say so, the images have no labels.";
  if (problem !== null) return `The columns ${used.file} and ${used.label} were taken, but gave no labels: ${problem}`;
  if (by === "person") return `File names are read from ${used.file}, labels from ${used.label}, as you chose.`;
  return `Guessed: file names are in ${used.file}, labels in ${used.label}.`;
}

function roleOf(column: string, picked: { readonly file: string; readonly label: string }): string | undefined {
  return column === picked.file || column === picked.label ? "label-picked" : undefined;
}

function examplesOf({ rows }: LabelFile, column: number): string {
  return rows
    .map((row) => row[column] ?? "")
    .filter((cell) => cell !== "")
    .slice(0, 3)
    .join(", ");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
