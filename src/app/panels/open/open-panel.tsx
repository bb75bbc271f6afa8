import { useLab } from "../../components/lab-context.tsx";
import { OpenButtons } from "../../components/open-buttons.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { Hero } from "./hero.tsx";
import { HubCard } from "./hub-card.tsx";
import { ImagesCard } from "./images-card.tsx";
import { MemoryNotice } from "./memory-notice.tsx";
import { ModelCard } from "./model-card.tsx";
import { RecentsCard } from "./recents-card.tsx";

/** The first screen until a model is open, then what is open and the way to something else. */
export function Panel() {
  const isOpen = useLab((state) => state.model !== null);
  if (!isOpen) {
    return (
      <>
        <Hero />
        <RecentsCard />
        <HubCard />
      </>
    );
  }
  return (
    <>
      <PanelHead title="Open" lead="The model and the images that everything else works on." />
      <div className="card-columns">
        <ModelCard />
        <div className="stack">
          <MemoryNotice />
          <ImagesCard />
          <RecentsCard />
          <section className="card" aria-labelledby="open-title" data-testid="open-card">
            <p className="eyebrow">Open</p>
            <h2 id="open-title">Another model or images</h2>
            <OpenButtons isCompact />
            <p className="muted small">or drop them anywhere on this page.</p>
          </section>
          <HubCard />
        </div>
      </div>
    </>
  );
}
