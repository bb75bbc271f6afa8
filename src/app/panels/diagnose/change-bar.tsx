import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { useUndoChange } from "../../components/use-undo-change.ts";
import { bitsName } from "../../format.ts";
import { ruleText } from "../../results/rule-text.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import { isPreparedOtherwise, isStale } from "../../store/stale.ts";

/** What was changed since the comparison, and the way to try it or take it back. */
export function ChangeBar() {
  const stale = useLab(isStale);
  const controls = useLab((state) => state.controls);
  const recipes = useLab((state) => state.recipes);
  const isPrepared = useLab((state) => !isPreparedOtherwise(state));
  const undo = useUndoChange();
  const setControls = useLab((state) => state.setControls);
  const setPanel = useLab((state) => state.setPanel);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { compare } = useActions();
  const rules = controls.rules ?? [];
  if (!stale && rules.length === 0) return null;
  return (
    <section className="card" aria-labelledby="change-title" data-testid="change-bar" data-stale={stale}>
      <h2 id="change-title">
        {stale ? (isPrepared ? "The recipe has changed" : "The preprocessing has changed") : "Rules on top of the recipe"}
      </h2>
      <p>
        {recipeLabel(recipes, controls.recipe)} {bitsName(controls)}
        {rules.length > 0 && ":"}
      </p>
      {rules.length > 0 && (
        <ul className="chips">
          {rules.map((rule, index) => (
            <li key={ruleText(rule)} className="chip" data-testid="rule-chip">
              <span>{ruleText(rule)}</span>
              <button type="button" className="link-button" onClick={() => setControls({ rules: rules.toSpliced(index, 1) })}>
                remove<span className="visually-hidden"> the rule for {ruleText(rule)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {stale && (
        <div className="row">
          <Button
            className="button primary"
            isDisabled={isRunning}
            onPress={() => {
              setPanel("compare");
              void compare();
            }}
          >
            Quantize and compare
          </Button>
          <Button className="button" onPress={undo}>
            Undo the change
          </Button>
        </div>
      )}
    </section>
  );
}
