import { useCallback, useMemo } from "react";
import { Button } from "react-aria-components/Button";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { bitsName } from "../../format.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import { findingsOf } from "../../../runner/diagnose/findings/index.ts";
import type { LabComparison } from "../../worker/lab-api.ts";
import { ChangeBar } from "./change-bar.tsx";
import { ErrorSection } from "./error-section.tsx";
import { FindingList } from "./finding-list.tsx";
import { GeluSection } from "./gelu-section.tsx";
import { RangeSection } from "./range-section.tsx";
import { RankingSection } from "./ranking-section.tsx";
import { ResidualSection } from "./residual-section.tsx";
import { SoftmaxSection } from "./softmax-section.tsx";
import { SplitSection } from "./split-section.tsx";

/** Where the loss comes from, and what to do about it. */
export function Panel() {
  const result = useLab((state) => state.result);
  if (result === null) {
    return (
      <>
        <PanelHead title="Diagnose" lead="Where the loss comes from, and what to do about it." />
        <NextStep needs="result">
          <p>You will see whether weights or activations lose most, which layers do, why, and what would help.</p>
        </NextStep>
      </>
    );
  }
  return <Diagnosis result={result} />;
}

function Diagnosis({ result }: { readonly result: LabComparison }) {
  const side = useLab((state) => state.side);
  const setSide = useLab((state) => state.setSide);
  const recipes = useLab((state) => state.recipes);
  const known = useLab((state) => state.diagnosis);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { diagnose } = useActions();
  const shownSide = side === "baseline" && result.baseline !== null ? "baseline" : "main";
  const shown = shownSide === "baseline" && result.baseline !== null ? result.baseline : result.main;
  const diagnosis = known?.comparison === result.id && known.side === shownSide ? known : null;
  const findings = useMemo(() => (diagnosis === null ? [] : findingsOf(diagnosis)), [diagnosis]);
  const run = useCallback(
    () => void diagnose([{ part: "split" }, { part: "observations" }, { part: "ranking", kind: "role", mode: "only" }]),
    [diagnose],
  );
  const observations = diagnosis?.observations ?? null;
  return (
    <>
      <PanelHead
        title="Diagnose"
        lead={`Why ${recipeLabel(recipes, shown.request.recipe)} ${bitsName(shown.request)} loses on the images that changed most.`}
      >
        {result.baseline !== null && (
          <ChoiceSegments
            label="Look at"
            testId="diagnose-side"
            value={shownSide}
            choices={[
              { value: "baseline", label: recipeLabel(recipes, result.baseline.request.recipe) },
              { value: "main", label: recipeLabel(recipes, result.main.request.recipe) },
            ]}
            onChange={setSide}
          />
        )}
        <Button className="button primary" isDisabled={isRunning} onPress={run} data-testid="diagnose">
          {diagnosis === null ? "Find the reasons" : "Measure again"}
        </Button>
      </PanelHead>
      <div className="stack">
        <ChangeBar />
        {diagnosis === null && !isRunning && (
          <section className="card" aria-labelledby="diagnose-what">
            <h2 id="diagnose-what">What it measures</h2>
            <p>
              On the four images that changed most, the model runs with weights or activations alone rounded, with single layers quantized
              or left in float, and is looked at from inside: channels, attention, GELU, the residual stream. Each finding comes with a
              change that you can try.
            </p>
          </section>
        )}
        {diagnosis !== null && <FindingList findings={findings} isComplete={observations !== null && diagnosis.rankings.length > 0} />}
        {diagnosis !== null && diagnosis.split !== null && <SplitSection split={diagnosis.split} />}
        {diagnosis !== null && <RankingSection rankings={diagnosis.rankings} />}
        {observations !== null && (
          <>
            <ErrorSection layers={observations.layers} imageCount={observations.imageCount} />
            {observations.ranges.length > 0 && <RangeSection ranges={observations.ranges} />}
            {observations.softmax.length > 0 && <SoftmaxSection softmax={observations.softmax} />}
            {observations.gelu.length > 0 && <GeluSection gelu={observations.gelu} />}
            {observations.residual.length > 0 && <ResidualSection residual={observations.residual} maps={observations.maps} />}
          </>
        )}
      </div>
    </>
  );
}
