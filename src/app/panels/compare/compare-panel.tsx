import { useCallback, useMemo, useState } from "react";
import { useLab } from "../../components/lab-context.tsx";
import { LabelHint } from "../../components/label-hint.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { ErrorStripFigure } from "../../figures/error-strip-figure.tsx";
import { LayerFigure } from "../../figures/layer-figure.tsx";
import { MarginFigure } from "../../figures/margin-figure.tsx";
import { ScatterFigure } from "../../figures/scatter-figure.tsx";
import { imageRows } from "../../results/image-rows.ts";
import { mostChanged } from "../../results/predictions.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import { isStale } from "../../store/stale.ts";
import { verdictOf } from "../../verdict.ts";
import type { ModelCard } from "../../../models/config.ts";
import type { ImageSet, LabComparison } from "../../worker/lab-api.ts";
import { AttentionSection } from "./attention-section.tsx";
import { ChangesCard } from "./changes-card.tsx";
import { Downloads } from "./downloads.tsx";
import { ImageGrid } from "./image-grid.tsx";
import { LevelsSection } from "./levels-section.tsx";
import { OverlaySection } from "./overlay-section.tsx";
import { Tiles } from "./tiles.tsx";
import { TwinResults } from "./twin-results.tsx";
import { VerdictBanner } from "./verdict-banner.tsx";

/** What quantization changed: the sentence, the numbers, the images. */
export function Panel() {
  const model = useLab((state) => state.model);
  const images = useLab((state) => state.images);
  const result = useLab((state) => state.result);
  const twin = useLab((state) => state.twin);
  if (model !== null && images !== null && twin !== null) return <TwinResults twin={twin} images={images} card={model.card} />;
  if (model === null || images === null || result === null) {
    return (
      <>
        <PanelHead title="Compare" lead="The float model and its quantized twin on your images, side by side." />
        <NextStep needs="result">
          <p>You will see what changed, image by image, and where in the network it was lost.</p>
        </NextStep>
      </>
    );
  }
  return (
    <>
      <VerdictBanner result={result} />
      <LabelHint />
      <Results result={result} images={images} card={model.card} />
    </>
  );
}

/** Everything under the verdict, for the recipe or for the baseline. */
function Results(props: { readonly result: LabComparison; readonly images: ImageSet; readonly card: ModelCard }) {
  const { result, images, card } = props;
  const side = useLab((state) => state.side);
  const stale = useLab(isStale);
  const recipes = useLab((state) => state.recipes);
  const rows = useMemo(() => imageRows(result, images.evaluation, side), [result, images, side]);
  const shown = side === "baseline" && result.baseline !== null ? result.baseline : result.main;
  const other = shown === result.main ? result.baseline : result.main;
  const label = useCallback((name: string): string => recipeLabel(recipes, name), [recipes]);
  const [image, setImage] = useState(() => mostChanged(result.main, 1)[0] ?? 0);
  const lookAt = useCallback((index: number): void => {
    setImage(index);
    document.getElementById("attention")?.scrollIntoView({ block: "start" });
  }, []);
  const shownSide = shown === result.main ? "main" : "baseline";
  return (
    <div className="results" data-stale={stale} data-testid="results">
      {other !== null && <ChangesCard shown={shown} other={other} labelOf={label} />}
      <Tiles shown={shown} other={other} warnings={result.warnings} otherLabel={other === null ? "" : label(other.request.recipe)} />
      <ErrorStripFigure comparison={shown} />
      <ImageGrid
        rows={rows}
        labels={card.labels}
        otherLabel={side === "main" && other !== null ? label(other.request.recipe) : null}
        onLook={lookAt}
      />
      <AttentionSection comparison={result.id} side={shownSide} images={images.evaluation} image={image} onImage={setImage} />
      <MarginFigure shown={shown} other={other} labelOf={label} images={images.evaluation} labels={card.labels} onLook={lookAt} />
      {other !== null && <LayerFigure shown={shown} other={other} labelOf={label} />}
      <LevelsSection comparison={result.id} side={shownSide} sites={shown.sites} />
      <ScatterFigure comparison={shown} images={images.evaluation} labels={card.labels} />
      <OverlaySection layers={shown.layers} />
      <Downloads result={result} shown={shown} card={card} verdict={verdictOf(result, label).sentence} rows={rows} />
    </div>
  );
}
