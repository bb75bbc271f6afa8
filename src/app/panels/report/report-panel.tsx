import { useMemo } from "react";
import { useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { StaleNotice } from "../../components/stale-notice.tsx";
import { imageRows } from "../../results/image-rows.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import { otherThanStated } from "../../store/inputs-slice.ts";
import { isStale } from "../../store/stale.ts";
import { verdictOf } from "../../verdict.ts";
import type { ModelCard } from "../../../models/config.ts";
import type { ImageSet, LabComparison, OpenedModel } from "../../worker/lab-api.ts";
import { CommandCard } from "./command-card.tsx";
import { DataCard } from "./data-card.tsx";
import { ExportCard } from "./export-card.tsx";
import { HtmlCard } from "./html-card.tsx";
import { ShareCard } from "./share-card.tsx";

const LEAD = "The result as a file that opens anywhere, the command that makes it again, and a link that carries the view.";

export function Panel() {
  const model = useLab((state) => state.model);
  const images = useLab((state) => state.images);
  const result = useLab((state) => state.result);
  return (
    <>
      <PanelHead title="Report" lead={LEAD} />
      {model === null || images === null || result === null ? (
        <NextStep needs="result">
          <p>A report holds the verdict, all numbers, the pictures and the command, in one file.</p>
        </NextStep>
      ) : (
        <Reports model={model} images={images} result={result} />
      )}
    </>
  );
}

function Reports({ model, images, result }: { readonly model: OpenedModel; readonly images: ImageSet; readonly result: LabComparison }) {
  // As the run had it, whatever was chosen since.
  const card: ModelCard = { ...model.card, preprocessing: result.preprocessing };
  const preprocessing = otherThanStated(model, result.preprocessing);
  const recipes = useLab((state) => state.recipes);
  const stale = useLab(isStale);
  const rows = useMemo(() => imageRows(result, images.evaluation, "main"), [result, images]);
  const labelOf = (name: string): string => recipeLabel(recipes, name);
  const verdict = verdictOf(result, labelOf).sentence;
  return (
    <div className="stack">
      <StaleNotice />
      <blockquote className="quote" data-stale={stale}>
        {verdict}
      </blockquote>
      <div className="card-columns">
        <div className="stack">
          <HtmlCard card={card} result={result} preprocessing={preprocessing} rows={rows} verdict={verdict} labelOf={labelOf} />
          <ExportCard result={result} />
        </div>
        <div className="stack">
          <DataCard card={card} result={result} rows={rows} verdict={verdict} />
          <CommandCard card={card} run={result.main} preprocessing={preprocessing} />
          <ShareCard />
        </div>
      </div>
    </div>
  );
}
