import { Button } from "react-aria-components/Button";
import { useLab } from "../../components/lab-context.tsx";
import { recipeLabel } from "../../store/engine-slice.ts";
import { bitsName } from "../../format.ts";
import { excludeCells } from "../../../quant/rules/set-bits.ts";
import { recipeDifference } from "../../results/recipe-difference.ts";
import type { LabRecipeSites } from "../../worker/lab-api.ts";

/** What the rules come to, against the recipe without them; every line can be taken back alone. */
export function DifferenceCard({ shown: { sites } }: { readonly shown: LabRecipeSites }) {
  const controls = useLab((state) => state.controls);
  const recipes = useLab((state) => state.recipes);
  const setControls = useLab((state) => state.setControls);
  const say = useLab((state) => state.say);
  const { rules = [], ...plain } = controls;
  const lines = recipeDifference(sites, controls);
  const layers = [...new Set(sites.map(({ layer }) => layer))];
  return (
    <section className="card" aria-labelledby="difference-title" data-testid="difference-card">
      <div className="card-head">
        <h2 id="difference-title">
          Difference from {recipeLabel(recipes, controls.recipe)} {bitsName(plain)}
        </h2>
        {rules.length > 0 && (
          <Button
            className="button"
            onPress={() => {
              setControls({ rules: [] });
              say("All rules were removed.");
            }}
          >
            Take everything back
          </Button>
        )}
      </div>
      {lines.length === 0 ? (
        <p className="muted">{rules.length === 0 ? "None." : "None: the rules say what the recipe does anyway."}</p>
      ) : (
        <ul className="differences">
          {lines.map(({ title, blocks, before, after, cells }) => (
            <li key={`${title} ${after} ${before}`} data-testid="difference">
              <span>
                <strong>{title}</strong>
                {blocks !== null && `, ${blocks}`}
              </span>
              <span className="difference-change">
                <span className="muted">{before}</span> → {after}
              </span>
              <Button
                className="button small"
                aria-label={`Take back: ${title}${blocks === null ? "" : `, ${blocks}`}, ${after}`}
                onPress={() => {
                  setControls({ rules: excludeCells(rules, cells, layers) });
                  say(`${title} is as in the recipe again.`);
                }}
              >
                Take back
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
