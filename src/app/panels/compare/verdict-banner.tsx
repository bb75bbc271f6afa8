import { useEffect, useRef } from "react";
import { Button } from "react-aria-components/Button";
import { recipeLabel } from "../../store/engine-slice.ts";
import { isStale } from "../../store/stale.ts";
import { verdictOf } from "../../verdict.ts";
import type { LabComparison } from "../../worker/lab-api.ts";
import { ChoiceSegments, ChoiceSelect } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { useUndoChange } from "../../components/use-undo-change.ts";

/** The one sentence, what it stands on, and the switch between recipe and baseline. */
export function VerdictBanner({ result }: { readonly result: LabComparison }) {
  const recipes = useLab((state) => state.recipes);
  const side = useLab((state) => state.side);
  const setSide = useLab((state) => state.setSide);
  const stale = useLab(isStale);
  const undo = useUndoChange();
  const versus = useLab((state) => state.versus);
  const setVersus = useLab((state) => state.setVersus);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { compare } = useActions();
  const label = (name: string): string => recipeLabel(recipes, name);
  const { sentence, kept, baselineKept, total } = verdictOf(result, label);
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed may be gone with the first screen: the keyboard goes on at the verdict.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [result]);
  return (
    <section className="verdict" aria-labelledby="verdict" data-stale={stale}>
      <h1
        id="verdict"
        ref={heading}
        tabIndex={-1}
        data-testid="verdict"
        data-kept={kept}
        data-baseline-kept={baselineKept ?? ""}
        data-total={total}
      >
        {sentence}
      </h1>
      <div className="verdict-line">
        {result.baseline !== null && (
          <ChoiceSegments
            label="Show"
            testId="side"
            value={side}
            choices={[
              { value: "baseline", label: label(result.baseline.request.recipe) },
              { value: "main", label: label(result.main.request.recipe) },
            ]}
            onChange={setSide}
          />
        )}
        <ChoiceSelect
          label="Beside it"
          testId="versus"
          value={versus}
          choices={recipes.map(({ name, label: text, description }) => ({ value: name, label: text, description }))}
          onChange={setVersus}
        />
        {stale && !isRunning && (
          <div className="stale-line" data-testid="stale">
            <p>
              <span aria-hidden="true">▲ </span>Settings changed since this run.
            </p>
            <Button className="button primary" onPress={() => void compare()}>
              Run again
            </Button>
            <Button className="button" onPress={undo}>
              Undo the change
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}
