import { BIT_PRESETS, presetOf } from "../../bit-presets.ts";
import { ACTIVATION_BITS, WEIGHT_BITS } from "../../store/controls-slice.ts";
import { ChoiceSegments, ChoiceSelect } from "../../components/choice.tsx";
import { useLab } from "../../components/lab-context.tsx";

const AS_ACTIVATIONS = "activations";

/** How many bits: a usual setting in one choice, or weights, activations and attention probabilities one by one. */
export function BitsChoice() {
  const controls = useLab((state) => state.controls);
  const setControls = useLab((state) => state.setControls);
  return (
    <>
      <ChoiceSelect
        label="Bits"
        testId="bits"
        value={presetOf(controls)}
        otherwise="Your own setting"
        choices={BIT_PRESETS.map(({ name, label, description }) => ({ value: name, label, detail: name, description }))}
        onChange={(name) => {
          const preset = BIT_PRESETS.find((candidate) => candidate.name === name);
          if (preset !== undefined) setControls({ attentionBits: undefined, ...preset.bits });
        }}
      />
      <details className="one-by-one">
        <summary>Bits one by one</summary>
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
        <ChoiceSegments<number | typeof AS_ACTIVATIONS>
          label="Attention bits (its probabilities)"
          testId="attention-bits"
          value={controls.attentionBits ?? AS_ACTIVATIONS}
          choices={[{ value: AS_ACTIVATIONS, label: "same" }, ...ACTIVATION_BITS.map((bits) => ({ value: bits, label: String(bits) }))]}
          onChange={(bits) => setControls({ attentionBits: bits === AS_ACTIVATIONS ? undefined : bits })}
        />
      </details>
    </>
  );
}
