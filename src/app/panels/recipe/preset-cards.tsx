import { useLab } from "../../components/lab-context.tsx";
import { bitsName } from "../../format.ts";
import { RECIPE_PRESETS } from "../../recipe-presets.ts";
import { recipeLabel } from "../../store/engine-slice.ts";

/** Whole recipes in plain words, each a button. */
export function PresetCards() {
  const controls = useLab((state) => state.controls);
  const recipes = useLab((state) => state.recipes);
  const setControls = useLab((state) => state.setControls);
  const offered = RECIPE_PRESETS.filter(({ request }) => recipes.some(({ name }) => name === request.recipe));
  return (
    <section aria-label="Presets" data-testid="presets">
      <ul className="presets">
        {offered.map(({ title, description, request }) => {
          const isSet =
            controls.recipe === request.recipe &&
            controls.weightBits === request.weightBits &&
            controls.activationBits === request.activationBits &&
            (controls.attentionBits ?? controls.activationBits) === request.activationBits;
          return (
            <li key={title}>
              <button
                type="button"
                className="preset"
                aria-pressed={isSet}
                onClick={() => setControls({ ...request, attentionBits: undefined })}
              >
                <span className="preset-title">
                  {isSet && <span aria-hidden="true">✓ </span>}
                  {title}
                </span>
                <span className="muted small">{description}</span>
                <span className="small preset-name">
                  {recipeLabel(recipes, request.recipe)} {bitsName(request)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
