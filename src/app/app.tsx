import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { DropTarget } from "./components/drop-target.tsx";
import { ErrorCard } from "./components/error-card.tsx";
import { Header } from "./components/header.tsx";
import { HelpDialog } from "./components/help-dialog.tsx";
import { JobBar } from "./components/job-bar.tsx";
import { useLab } from "./components/lab-context.tsx";
import { Rail } from "./components/rail.tsx";
import { SharedNotice } from "./components/shared-notice.tsx";
import { useShortcuts } from "./components/use-shortcuts.ts";
import { panels } from "./panels/index.ts";

const Tour = lazy(() => import("./tour/tour.tsx").then((module) => ({ default: module.Tour })));

/** The shell: header, rail, the panel that somebody is at, and the running job, which is in sight from every panel. */
export function App() {
  const current = useLab((state) => state.panel);
  const modelName = useLab((state) => state.model?.card.name ?? null);
  const status = useLab((state) => state.status);
  const isTouring = useLab((state) => state.tourStep !== null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const openHelp = useCallback(() => setHelpOpen(true), []);
  const main = useRef<HTMLElement>(null);
  useShortcuts(openHelp);
  const entry = panels.find((candidate) => candidate.name === current) ?? panels[0];
  useEffect(() => {
    document.title =
      modelName === null ? "Vitrine: see what quantization does to your Vision Transformer" : `${entry.title} · ${modelName} · Vitrine`;
  }, [entry, modelName]);
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, [current]);
  return (
    <>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the panel
      </a>
      <Header onHelp={openHelp} />
      <div className="shell">
        <Rail />
        <main ref={main} id="main" className="page" tabIndex={-1} data-panel={current}>
          <ErrorCard />
          <SharedNotice />
          <Suspense fallback={<p className="muted panel-loading">Loading {entry.title} …</p>}>
            <entry.Content key={entry.name} />
          </Suspense>
        </main>
      </div>
      <JobBar />
      {isTouring && (
        <Suspense fallback={null}>
          <Tour />
        </Suspense>
      )}
      <DropTarget />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      <output className="visually-hidden" data-testid="status">
        {status}
      </output>
    </>
  );
}
