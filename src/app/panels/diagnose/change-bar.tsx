import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { bitsName } from "../../format.ts";
import { recipeLabel } from "../../store/engine-slice.ts";
import { isStale } from "../../store/result-slice.ts";
import type { LabComparison } from "../../worker/lab-api.ts";

/** What was changed since the comparison, and the way to try it or take it back. */
export function ChangeBar({ result }: { readonly result: LabComparison }) {
  const stale = useLab(isStale);
  const controls = useLab((state) => state.controls);
  const recipes = useLab((state) => state.recipes);
  const setControls = useLab((state) => state.setControls);
  const setPanel = useLab((state) => state.setPanel);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { compare } = useActions();
  const layerBits = Object.entries(controls.layerBits ?? {});
  if (!stale && layerBits.length === 0) return null;
  return (
    <section className="card" aria-labelledby="change-title" data-testid="change-bar" data-stale={stale}>
      <h2 id="change-title">{stale ? "The recipe has changed" : "Layers with bits of their own"}</h2>
      <p>
        {recipeLabel(recipes, controls.recipe)} {bitsName(controls)}
        {layerBits.length > 0 && `, and ${layerBits.length} ${layerBits.length === 1 ? "layer" : "layers"} with bits of their own:`}
      </p>
      {layerBits.length > 0 && (
        <ul className="chips">
          {layerBits.map(([name, { weights, activations }]) => (
            <li key={name} className="chip">
              <span>
                {name} {weights === undefined ? "" : `W${weights}`}
                {activations === undefined ? "" : `A${activations}`}
              </span>
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  const left = Object.fromEntries(layerBits.filter(([other]) => other !== name));
                  setControls({ layerBits: Object.keys(left).length === 0 ? undefined : left });
                }}
              >
                remove<span className="visually-hidden"> the bits of {name}</span>
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
          <Button
            className="button"
            onPress={() => {
              const { recipe, weightBits, activationBits, attentionBits, layerBits: asked, levels } = result.asked;
              setControls({ recipe, weightBits, activationBits, attentionBits, layerBits: asked, levels });
            }}
          >
            Undo the change
          </Button>
        </div>
      )}
    </section>
  );
}
