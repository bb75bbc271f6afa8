import { bitsName } from "../format.ts";
import { recipeLabel } from "../store/engine-slice.ts";
import type { PanelName } from "../store/view-slice.ts";
import { useLab } from "./lab-context.tsx";

/** What everything on the page is about: the model, the images, the recipe; each leads to its panel. */
export function ContextChips() {
  const model = useLab((state) => state.model?.card.name ?? null);
  const images = useLab((state) => state.images);
  const controls = useLab((state) => state.controls);
  const recipes = useLab((state) => state.recipes);
  if (model === null) return null;
  return (
    <div className="context-chips">
      <ContextChip to="open" what="Model" text={model} />
      {images !== null && <ContextChip to="data" what="Images" text={`${images.calibrationCount} + ${images.evaluation.length} images`} />}
      <ContextChip to="recipe" what="Recipe" text={`${recipeLabel(recipes, controls.recipe)} ${bitsName(controls)}`} />
    </div>
  );
}

function ContextChip({ to, what, text }: { readonly to: PanelName; readonly what: string; readonly text: string }) {
  const setPanel = useLab((state) => state.setPanel);
  return (
    <button type="button" className="context-chip" title={`${what}: ${text}`} onClick={() => setPanel(to)}>
      <span className="visually-hidden">{what}: </span>
      <span className="context-text">{text}</span>
    </button>
  );
}
