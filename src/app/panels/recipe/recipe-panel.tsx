import { useEffect } from "react";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { BitsCard } from "./bits-card.tsx";
import { ControlsCard } from "./controls-card.tsx";
import { DifferenceCard } from "./difference-card.tsx";
import { HistoryButtons } from "./history-buttons.tsx";
import { JsonCard } from "./json-card.tsx";
import { PresetCards } from "./preset-cards.tsx";
import { RulesCard } from "./rules-card.tsx";

/** Which method quantizes, at how many bits, and what is other than the method has it. */
export function Panel() {
  const model = useLab((state) => state.model);
  const name = useLab((state) => state.controls.recipe);
  const shown = useLab((state) => state.recipeSites);
  const { readRecipeSites } = useActions();
  useEffect(() => {
    if (model === null || shown?.recipe === name) return undefined;
    const gone = new AbortController();
    // Where the model cannot be read, its own card says so.
    readRecipeSites(gone.signal).catch(() => undefined);
    return () => gone.abort();
  }, [model, name, shown?.recipe, readRecipeSites]);
  return (
    <>
      <PanelHead title="Recipe" lead="How to quantize: the method, how many bits it may use, and your own rules on top.">
        <HistoryButtons />
      </PanelHead>
      <div className="stack">
        {model?.card.quantization !== undefined && (
          <p className="notice">This model came quantized and runs as it is. Open the float model to give it another recipe.</p>
        )}
        <PresetCards />
        <div className="recipe-columns">
          <ControlsCard />
          {model === null ? (
            <NextStep needs="model">
              <p>You will see the bits of every layer, paint them, and know the size before anything runs.</p>
            </NextStep>
          ) : shown === null ? (
            <section className="card">
              <p className="muted">Looking at the layers …</p>
            </section>
          ) : (
            <BitsCard shown={shown} />
          )}
        </div>
        {shown !== null && <RulesCard shown={shown} />}
        <div className="card-columns">
          {shown !== null && <DifferenceCard shown={shown} />}
          <JsonCard />
        </div>
      </div>
    </>
  );
}
