import { useState } from "react";
import { useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { StaleNotice } from "../../components/stale-notice.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { ImageBrowser } from "./image-browser.tsx";
import { ImageDialog } from "./image-dialog.tsx";
import { LabelColumnsCard } from "./label-columns-card.tsx";
import { LabelsCard } from "./labels-card.tsx";
import { ManifestCard } from "./manifest-card.tsx";
import { NormalisationCard } from "./normalisation-card.tsx";
import { PreprocessingCard } from "./preprocessing-card.tsx";
import { SplitCard } from "./split-card.tsx";
import { StabilityCard } from "./stability-card.tsx";

/** Which images calibrate, which are judged, and whether both can be trusted. */
export function Panel() {
  const images = useLab((state) => state.images);
  const model = useLab((state) => state.model);
  const [shown, setShown] = useState<number | null>(null);
  return (
    <>
      <PanelHead title="Data" lead="Which images calibrate, which are judged, and whether both can be trusted." />
      {model === null || images === null ? (
        <NextStep needs="images" />
      ) : (
        <div className="stack">
          <StaleNotice />
          <div className="card-columns">
            <div className="stack">
              <SplitCard images={images} />
              <StabilityCard images={images} />
              <ManifestCard images={images} />
            </div>
            <div className="stack">
              {images.labelFile !== null && images.labelFile.by !== "file" && <LabelColumnsCard file={images.labelFile} />}
              <LabelsCard images={images} />
              <PreprocessingCard model={model} images={images} />
              <NormalisationCard />
            </div>
          </div>
          <ImageBrowser images={images} onShow={setShown} />
          <ImageDialog index={shown} images={images} onClose={() => setShown(null)} />
        </div>
      )}
    </>
  );
}
