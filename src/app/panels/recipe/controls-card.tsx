import { Button } from "react-aria-components/Button";
import { bitsName } from "../../format.ts";
import { BitsChoice } from "./bits-choice.tsx";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { RecipeChoice } from "./recipe-choice.tsx";

/** How to quantize, and the button that does it. */
export function ControlsCard() {
  const controls = useLab((state) => state.controls);
  const setControls = useLab((state) => state.setControls);
  const isReady = useLab((state) => state.model !== null && state.images !== null);
  const isRunning = useLab((state) => state.job !== null && !state.job.isBackground);
  const { compare } = useActions();
  return (
    <section className="card" aria-labelledby="controls-title" data-testid="controls">
      <p className="eyebrow">Quantization</p>
      <h2 id="controls-title">{bitsName(controls)}</h2>
      <RecipeChoice />
      <BitsChoice />
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
