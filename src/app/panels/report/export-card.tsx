import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { formatBytes } from "../../format.ts";
import { saveFile } from "../../save-file.ts";
import type { LabComparison, LabExport } from "../../worker/lab-api.ts";

/** The quantized model as files: for this program, and for others. */
export function ExportCard({ result }: { readonly result: LabComparison }) {
  const formats = useLab((state) => state.exportChoices);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { exportModel, readExportChoices } = useActions();
  const [done, setDone] = useState<{ readonly of: string; readonly label: string; readonly written: LabExport } | null>(null);
  useEffect(() => {
    if (formats.length === 0) void readExportChoices();
  }, [formats, readExportChoices]);
  const save = async (name: string, label: string): Promise<void> => {
    const written = await exportModel({ comparison: result.id, side: "main" }, name);
    if (written === null) return;
    for (const { name: file, bytes } of written.files) saveFile(file, "application/octet-stream", bytes);
    setDone({ of: result.id, label, written });
  };
  const shown = done?.of === result.id ? done : null;
  return (
    <section className="card" aria-labelledby="export-title" data-testid="export-card">
      <h2 id="export-title">The quantized model</h2>
      <ul className="plain">
        {formats.map(({ name, label, summary }) => (
          <li key={name} className="file-line">
            <Button className="button" isDisabled={isBusy} aria-label={`Download ${label}`} onPress={() => void save(name, label)}>
              {label}
            </Button>
            <span className="muted">{summary}</span>
          </li>
        ))}
      </ul>
      {shown !== null && (
        <output className="small" data-testid="exported">
          {shown.label}: {shown.written.files.map(({ name, bytes }) => `${name}, ${formatBytes(bytes.length)}`).join("; ")}.
          {shown.written.readBack !== null && ` Read back and compared: ${shown.written.readBack}.`} {shown.written.notes.join(" ")}
        </output>
      )}
      <p className="muted small">Formats of other tools are read back and compared before they are handed out.</p>
    </section>
  );
}
