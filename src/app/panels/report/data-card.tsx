import { Button } from "react-aria-components/Button";
import type { ModelCard } from "../../../models/config.ts";
import { fileStem } from "../../report/file-stem.ts";
import { nodeData } from "../../report/node-data.ts";
import { imagesCsv, layersCsv, resultsJson } from "../../results/export.ts";
import type { ImageRow } from "../../results/image-rows.ts";
import { saveFile } from "../../save-file.ts";
import type { LabComparison } from "../../worker/lab-api.ts";

/** The numbers for other programs. */
export function DataCard(props: {
  readonly card: ModelCard;
  readonly result: LabComparison;
  readonly rows: readonly ImageRow[];
  readonly verdict: string;
}) {
  const { card, result, rows, verdict } = props;
  const stem = fileStem(result.main.request);
  const { layers } = result.main;
  return (
    <section className="card" aria-labelledby="data-title" data-testid="data-card">
      <h2 id="data-title">Numbers for other programs</h2>
      <ul className="plain">
        <Line
          name="JSON"
          text="everything but logits"
          onSave={() => saveFile(`${stem}.json`, "application/json", resultsJson(result, card, verdict, rows))}
        />
        <Line
          name="Images CSV"
          text="a line for each image"
          onSave={() => saveFile(`${stem}-images.csv`, "text/csv", imagesCsv(rows, card.labels))}
        />
        <Line
          name="Layers CSV"
          text="a line for each tensor"
          onSave={() => saveFile(`${stem}-layers.csv`, "text/csv", layersCsv(layers))}
        />
        <Line
          name="Node data"
          text="SQNR painted on the graph in Model Explorer"
          onSave={() => saveFile(`${stem}-node-data.json`, "application/json", nodeData(`${card.name} ${stem}`, layers))}
        />
      </ul>
    </section>
  );
}

function Line({ name, text, onSave }: { readonly name: string; readonly text: string; readonly onSave: () => void }) {
  return (
    <li className="file-line">
      <Button className="button" aria-label={`Download ${name}`} onPress={onSave}>
        {name}
      </Button>
      <span className="muted">{text}</span>
    </li>
  );
}
