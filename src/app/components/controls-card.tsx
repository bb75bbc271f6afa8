import { Button } from "react-aria-components/Button";
import { bitsName } from "../format.ts";
import { ACTIVATION_BITS, WEIGHT_BITS } from "../store/controls-slice.ts";
import { ChoiceSegments, ChoiceSelect } from "./choice.tsx";
import { useActions, useLab } from "./lab-context.tsx";

/** How to quantize, and the button that does it. */
export function ControlsCard() {
  const controls = useLab((state) => state.controls);
  const setControls = useLab((state) => state.setControls);
  const recipes = useLab((state) => state.recipes);
  const isReady = useLab((state) => state.model !== null && state.images !== null);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { compare } = useActions();
  const recipe = recipes.find((candidate) => candidate.name === controls.recipe);
  return (
    <section className="card" aria-labelledby="controls-title" data-testid="controls">
      <p className="eyebrow">Quantization</p>
      <h2 id="controls-title">{bitsName(controls)}</h2>
      <ChoiceSelect
        label="Recipe"
        testId="recipe"
        value={controls.recipe}
        choices={recipes.map(({ name, label, description }) => ({ value: name, label, description }))}
        onChange={(name) => setControls({ recipe: name })}
      />
      {recipe !== undefined && <p className="muted small">{recipe.description}</p>}
      <ChoiceSegments
        label="Weight bits"
        testId="weight-bits"
        value={controls.weightBits}
        choices={WEIGHT_BITS.map((bits) => ({ value: bits, label: String(bits) }))}
        onChange={(weightBits) => setControls({ weightBits })}
      />
      <ChoiceSegments
        label="Activation bits"
        testId="activation-bits"
        value={controls.activationBits}
        choices={ACTIVATION_BITS.map((bits) => ({ value: bits, label: String(bits) }))}
        onChange={(activationBits) => setControls({ activationBits })}
      />
      <ChoiceSegments
        label="Levels"
        testId="levels"
        value={controls.levels}
        choices={[
          { value: "strict", label: "Strict" },
          { value: "as-published", label: "As published" },
        ]}
        onChange={(levels) => setControls({ levels })}
      />
      <Button className="button primary wide" isDisabled={!isReady || isRunning} onPress={() => void compare()}>
        Quantize and compare <kbd aria-hidden="true">r</kbd>
      </Button>
    </section>
  );
}
