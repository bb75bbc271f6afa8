import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { recipeGroups } from "../../recipe-groups.ts";
import { ruleText } from "../../results/rule-text.ts";
import { cellName, contestantLabel } from "../../../runner/sweep/contestant.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import { contestantsOf } from "../../store/sweep-slice.ts";

/** Bit settings that a sweep offers: weights/activations, and attention where it is apart. */
const BIT_CHOICES = ["8/8", "6/6", "4/8", "4/6", "4/4", "3/8", "3/4", "3/3", "2/8", "8/8/4", "4/8/4"] as const;

/** What to run: recipes, and the set one with its rules, times bit settings. */
export function AxesCard() {
  const recipes = useLab((state) => state.recipes);
  const axes = useLab((state) => state.sweepAxes);
  const setAxes = useLab((state) => state.setSweepAxes);
  const controls = useLab((state) => state.controls);
  const rows = useLab((state) => state.sweepRows);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { sweep } = useActions();
  const { rules = [] } = controls;
  const contestants = contestantsOf(axes, controls);
  const cells = contestants.flatMap((contestant) => axes.bits.map((bits) => cellName(contestant, bits)));
  const known = new Set(rows.map((row) => cellName(row, row.bits)));
  const missing = cells.filter((cell) => !known.has(cell)).length;
  return (
    <section className="card" aria-labelledby="axes-title" data-testid="axes">
      <h2 id="axes-title">
        {contestants.length} {contestants.length === 1 ? "recipe" : "recipes"} × {axes.bits.length} bit{" "}
        {axes.bits.length === 1 ? "setting" : "settings"}
      </h2>
      <fieldset className="axis">
        <legend>Bits: weights / activations / attention</legend>
        <div className="sweep-choices bits">
          {BIT_CHOICES.map((bits) => (
            <Check
              key={bits}
              label={bits}
              isChecked={axes.bits.includes(bits)}
              onChange={(isChecked) => setAxes({ bits: BIT_CHOICES.filter((one) => (one === bits ? isChecked : axes.bits.includes(one))) })}
            />
          ))}
        </div>
      </fieldset>
      {recipeGroups(recipes).map((group) => (
        <fieldset key={group.title} className="axis">
          <legend>{group.title}</legend>
          <div className="sweep-choices">
            {group.recipes.map(({ name, label }) => (
              <Check
                key={name}
                label={label}
                isChecked={axes.recipes.includes(name)}
                onChange={(isChecked) => {
                  const chosen = recipes
                    .map((recipe) => recipe.name)
                    .filter((one) => (one === name ? isChecked : axes.recipes.includes(one)));
                  setAxes({ recipes: chosen });
                }}
              />
            ))}
          </div>
        </fieldset>
      ))}
      {rules.length > 0 && (
        <fieldset className="axis">
          <legend>As set in Recipe</legend>
          <Check
            label={contestantLabel(recipeLabel(recipes, controls.recipe), rules.length)}
            isChecked={axes.withRules}
            onChange={(withRules) => setAxes({ withRules })}
          />
          <p className="muted small">{rules.map(ruleText).join("; ")}</p>
        </fieldset>
      )}
      <div className="row">
        <Button className="button primary" isDisabled={isRunning || missing === 0} data-testid="start-sweep" onPress={() => void sweep()}>
          {cells.length === 0
            ? "Choose recipes and bits"
            : missing === 0
              ? "All of these have run"
              : `Run ${missing} ${missing === 1 ? "model" : "models"}`}
        </Button>
        <p className="muted small">
          Runs that finish stay when you cancel; the next sweep goes on from there.
          {rules.length === 0 && " Rules that you write in Recipe can compete here."}
        </p>
      </div>
    </section>
  );
}

function Check(props: { readonly label: string; readonly isChecked: boolean; readonly onChange: (isChecked: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.isChecked} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      {props.label}
    </label>
  );
}
