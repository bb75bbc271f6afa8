import { useLab } from "../../components/lab-context.tsx";
import { labelAudit } from "../../results/data-rows.ts";
import { className } from "../../results/image-rows.ts";
import { ScrollBox } from "../../components/scroll-table.tsx";
import type { ImageSet } from "../../worker/lab-api.ts";

const SOURCE = { table: "Labels from a table", folders: "Labels from folder names", none: "No labels" } as const;
const AUDIT_MARK = { agrees: "✓", shifted: "▲", "other-order": "▲", unclear: "▲", "too-few": "○" } as const;

/** Where labels come from, how they became classes, and what may be wrong with them. */
export function LabelsCard({ images }: { readonly images: ImageSet }) {
  const names = useLab((state) => state.model?.card.labels ?? null);
  const result = useLab((state) => state.result);
  const { source, rule, groups, traps } = images.labels;
  const audit = labelAudit(result, images);
  const labelled = images.items.reduce((sum, { label }) => sum + (label === null ? 0 : 1), 0);
  return (
    <section className="card" aria-labelledby="labels-title" data-testid="labels-card">
      <h2 id="labels-title">{SOURCE[source]}</h2>
      <p>
        {rule}{" "}
        {labelled === 0
          ? "Agreement between the two models is measured, accuracy is not. A CSV with the columns filename and label, or one folder for each class, adds it."
          : `${labelled.toLocaleString("en")} of ${images.items.length.toLocaleString("en")} images are labelled.`}
      </p>
      {audit !== null && (
        <p
          className={audit.verdict === "agrees" || audit.verdict === "too-few" ? "notice" : "notice warning"}
          data-testid="label-audit"
          data-verdict={audit.verdict}
        >
          <span aria-hidden="true">{AUDIT_MARK[audit.verdict]} </span>
          {audit.text}
        </p>
      )}
      {traps.map(({ code, text }) => (
        <p key={code} className="notice warning" data-testid="label-trap" data-code={code}>
          <span aria-hidden="true">▲ </span>
          {text} <code>{code}</code>
        </p>
      ))}
      {groups.length > 0 && (
        <details>
          <summary>{groups.length} labels as written</summary>
          <ScrollBox className="table-box scroll-box" label="Labels and classes">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">As written</th>
                  <th scope="col">Class</th>
                  <th scope="col">Images</th>
                </tr>
              </thead>
              <tbody>
                {groups.map(({ name, label, count }) => (
                  <tr key={name}>
                    <td>{name === "" ? "(none)" : name}</td>
                    <td>{label === null ? "▲ none" : `${label} ${names === null ? "" : className(names, label)}`}</td>
                    <td>{count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        </details>
      )}
    </section>
  );
}
