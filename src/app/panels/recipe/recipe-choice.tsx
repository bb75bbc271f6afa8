import { firstSentence, recipeGroups, venueOf } from "../../recipe-groups.ts";
import type { RecipeChoice as Recipe } from "../../worker/lab-api.ts";
import { ChoiceSelect } from "../../components/choice.tsx";
import { useLab } from "../../components/lab-context.tsx";

/** Which method quantizes: all of them by kind, and what the chosen one is. */
export function RecipeChoice() {
  const name = useLab((state) => state.controls.recipe);
  const recipes = useLab((state) => state.recipes);
  const setControls = useLab((state) => state.setControls);
  const recipe = recipes.find((candidate) => candidate.name === name);
  return (
    <>
      <ChoiceSelect
        label="Recipe"
        testId="recipe"
        value={name}
        choices={recipeGroups(recipes).map(({ title, recipes: members }) => ({
          title,
          choices: members.map(({ name: value, label, description, paper, calibrationImages }) => ({
            value,
            label,
            detail: [venueOf(paper), `${calibrationImages} images`].filter((part) => part !== "").join(" · "),
            description: firstSentence(description),
          })),
        }))}
        onChange={(value) => setControls({ recipe: value })}
      />
      {recipe !== undefined && <RecipeFacts recipe={recipe} />}
    </>
  );
}

function RecipeFacts({ recipe }: { readonly recipe: Recipe }) {
  const available = useLab((state) => state.images?.calibrationCount ?? null);
  const controls = useLab((state) => state.controls);
  const { description, paper, calibrationImages, minimumImages, bitRange } = recipe;
  const bits = [controls.weightBits, controls.activationBits, controls.attentionBits ?? controls.activationBits];
  const isOutside = bits.some((count) => count < bitRange.lowest || count > bitRange.highest);
  const isShort = available !== null && available < minimumImages;
  return (
    <div className="recipe-facts" data-testid="recipe-facts">
      <p className="muted small">{description}</p>
      {paper !== null && <p className="muted small">{paper}</p>}
      <p className="muted small">
        Calibrates on {calibrationImages} images
        {available !== null && available < calibrationImages ? `; there ${available === 1 ? "is" : "are"} ${available}` : ""}.
      </p>
      {isShort && (
        <p className="notice warning">
          <span aria-hidden="true">▲ </span>It needs at least {minimumImages} calibration images. Add more.
        </p>
      )}
      {isOutside && (
        <p className="notice warning">
          <span aria-hidden="true">▲ </span>It is defined for {bitRange.lowest} to {bitRange.highest} bits.
        </p>
      )}
    </div>
  );
}
