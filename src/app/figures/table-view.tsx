import { useState } from "react";

/** "View as table" behind a picture: the same numbers as text. Rows are made only once it is opened. */
export function TableView(props: {
  readonly caption: string;
  /** What opens it, where a card has more than one. */
  readonly summary?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="table-view" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.summary ?? "View as table"}</summary>
      {isOpen && (
        <div className="table-box">
          <table className="table">
            <caption className="visually-hidden">{props.caption}</caption>
            <thead>
              <tr>
                {props.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {props.rows.map((cells, row) => (
                <tr key={row}>
                  {cells.map((cell, column) => (
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
