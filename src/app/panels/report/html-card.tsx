import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { Checkbox } from "react-aria-components/Checkbox";
import type { ModelCard } from "../../../models/config.ts";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { fileStem } from "../../report/file-stem.ts";
import { pictureOf } from "../../report/picture.ts";
import { reportDocument } from "../../report/report-document.ts";
import { reportHtml } from "../../report/report-html.ts";
import { reproductionCommand } from "../../report/reproduction.ts";
import { className } from "../../results/image-rows.ts";
import type { ImageRow } from "../../results/image-rows.ts";
import { saveFile } from "../../save-file.ts";
import type { LabComparison } from "../../worker/lab-api.ts";

/** The whole result as one HTML file. */
export function HtmlCard(props: {
  readonly card: ModelCard;
  readonly result: LabComparison;
  readonly preprocessing: string | null;
  readonly rows: readonly ImageRow[];
  readonly verdict: string;
  readonly labelOf: (recipe: string) => string;
}) {
  const { card, result, preprocessing, rows, verdict, labelOf } = props;
  const modelFiles = useLab((state) => state.modelFiles);
  const method = useLab((state) => state.recipes.find(({ name }) => name === result.main.request.recipe)?.description ?? null);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { manifest } = useActions();
  const [hasManifest, setManifest] = useState(true);
  const make = async (): Promise<string | null> => {
    const listed = hasManifest ? await manifest() : null;
    if (hasManifest && listed === null) return null; // cancelled, or shown as an error
    const inputs = { isSample: modelFiles.length === 0, modelFiles: modelFiles.map(({ path }) => path), card, preprocessing };
    return reportHtml(
      reportDocument({
        result,
        card,
        verdict,
        method,
        rows,
        labelOf,
        nameOf: (index) => className(card.labels, index),
        pictureOf: ({ image }) => pictureOf(image.thumbnail),
        command: reproductionCommand(result.main, inputs),
        manifest: listed,
        madeAt: new Date().toISOString(),
      }),
    );
  };
  const save = async (): Promise<void> => {
    const html = await make();
    if (html !== null) saveFile(`${fileStem(result.main.request)}.html`, "text/html", html);
  };
  return (
    <section className="card" aria-labelledby="html-title" data-testid="html-card">
      <h2 id="html-title">One HTML file</h2>
      <p>Verdict, numbers, error map, pictures and all data in one file. It opens offline, needs no server, and prints well.</p>
      <Checkbox className="checkbox" isSelected={hasManifest} onChange={setManifest}>
        <span className="check-box" aria-hidden="true" />
        with names and digests of the images
      </Checkbox>
      <div className="row">
        <Button className="button primary" isDisabled={isBusy} onPress={() => void save()}>
          Download report
        </Button>
      </div>
      <p className="muted small">Thumbnails of what the model saw are inside. Share it only where you may share the images.</p>
    </section>
  );
}
