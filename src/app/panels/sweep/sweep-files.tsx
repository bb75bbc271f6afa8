import { Button } from "react-aria-components/Button";
import { useLab } from "../../components/lab-context.tsx";
import { sweepReport, toCsv } from "../../../runner/sweep/sweep-report.ts";
import type { SweepRow } from "../../../runner/sweep/sweep.ts";
import { saveFile } from "../../save-file.ts";
import type { SweepFloat } from "../../worker/diagnosis-api.ts";

/** The sweep as files: JSON (complete) and CSV. */
export function SweepFiles({ rows, float }: { readonly rows: readonly SweepRow[]; readonly float: SweepFloat }) {
  const model = useLab((state) => state.model?.card.name ?? "model");
  const report = () =>
    sweepReport(
      { rows, ...float },
      {
        // Rows are only ever taken over within the page, where it knows by itself whether they fit.
        fingerprint: "",
        model,
        command: "the Sweep panel",
        commit: null,
        runtime: navigator.userAgent,
        adapter: float.adapter,
        date: new Date().toISOString(),
      },
    );
  return (
    <section className="downloads" aria-label="Downloads">
      <Button className="button" onPress={() => saveFile("vitrine-sweep.json", "application/json", JSON.stringify(report(), null, 2))}>
        Download JSON
      </Button>
      <Button className="button" onPress={() => saveFile("vitrine-sweep.csv", "text/csv", toCsv(report()))}>
        Download CSV
      </Button>
    </section>
  );
}
