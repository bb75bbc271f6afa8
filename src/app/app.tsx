import { useCallback, useEffect, useState } from "react";
import { ControlsCard } from "./components/controls-card.tsx";
import { DropTarget } from "./components/drop-target.tsx";
import { ErrorCard } from "./components/error-card.tsx";
import { Header } from "./components/header.tsx";
import { HelpDialog } from "./components/help-dialog.tsx";
import { Hero } from "./components/hero.tsx";
import { ImagesCard } from "./components/images-card.tsx";
import { JobBar } from "./components/job-bar.tsx";
import { useLab } from "./components/lab-context.tsx";
import { ModelCard } from "./components/model-card.tsx";
import { OpenButtons } from "./components/open-buttons.tsx";
import { Results } from "./components/results.tsx";
import { useShortcuts } from "./components/use-shortcuts.ts";
import { VerdictBanner } from "./components/verdict-banner.tsx";

/** The page: first screen until a model is open, then verdict, cards on the left, pictures on the right. */
export function App() {
  const model = useLab((state) => state.model);
  const images = useLab((state) => state.images);
  const result = useLab((state) => state.result);
  const status = useLab((state) => state.status);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const openHelp = useCallback(() => setHelpOpen(true), []);
  useShortcuts(openHelp);
  useEffect(() => {
    document.title = model === null ? "Vitrine: see what quantization does to your Vision Transformer" : `${model.card.name} · Vitrine`;
  }, [model]);
  return (
    <>
      <Header onHelp={openHelp} />
      <main className="page">
        <ErrorCard />
        {model === null ? (
          <Hero />
        ) : (
          <>
            {result !== null && <VerdictBanner result={result} />}
            <div className="columns">
              <div className="controls-area">
                <ControlsCard />
              </div>
              {result !== null && images !== null ? (
                <Results result={result} images={images} card={model.card} />
              ) : (
                <Waiting isRunning={isRunning} hasImages={images !== null} />
              )}
              <div className="side">
                <ModelCard />
                <ImagesCard />
                <section className="card" aria-labelledby="open-title">
                  <p className="eyebrow">Open</p>
                  <h2 id="open-title">Another model or images</h2>
                  <OpenButtons isCompact />
                  <p className="muted small">or drop them anywhere on this page.</p>
                </section>
              </div>
            </div>
          </>
        )}
      </main>
      <JobBar />
      <DropTarget />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      <output className="visually-hidden" data-testid="status">
        {status}
      </output>
    </>
  );
}

/** In place of results: what is missing and the one thing to do. */
function Waiting(props: { readonly isRunning: boolean; readonly hasImages: boolean }) {
  return (
    <div className="results waiting">
      <h1>{props.isRunning ? "Float and quantized are on their way" : props.hasImages ? "Ready to compare" : "The model is open"}</h1>
      <p>
        {props.isRunning
          ? "The first run calibrates, quantizes, and runs both models on every image."
          : props.hasImages
            ? "Choose a recipe and bits, then press r or “Quantize and compare”."
            : "Drop some images to see what quantization changes on them."}
      </p>
    </div>
  );
}
