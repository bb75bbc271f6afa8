import { useId, useState } from "react";
import { sameColours, USUAL_COLOURS, type Colours } from "../../../runner/data/usual-colours.ts";
import { ChoiceSelect } from "../../components/choice.tsx";

const OWN = "own";

/** Mean and standard deviation that pixels of 0 to 1 are normalised by: one of the usual pairs, or numbers of one's own. */
export function ColoursChoice({ colours, onChange }: { readonly colours: Colours; readonly onChange: (colours: Colours) => void }) {
  const usual = USUAL_COLOURS.find((one) => sameColours(one, colours));
  const [isOwn, setOwn] = useState(usual === undefined);
  return (
    <>
      <ChoiceSelect
        label="Mean and deviation"
        testId="preprocessing-colours"
        value={isOwn ? OWN : (usual?.id ?? OWN)}
        choices={[
          ...USUAL_COLOURS.map(({ id, name, mean, std }) => ({
            value: id,
            label: name,
            description: `${mean.join(" ")}, ${std.join(" ")}`,
          })),
          { value: OWN, label: "own numbers" },
        ]}
        onChange={(id) => {
          const found = USUAL_COLOURS.find((one) => one.id === id);
          setOwn(found === undefined);
          if (found) onChange({ mean: found.mean, std: found.std });
        }}
      />
      {isOwn && (
        <>
          <ColourInput
            label="Mean: red green blue"
            value={colours.mean}
            isAllowed={() => true}
            onChange={(mean) => onChange({ ...colours, mean })}
          />
          <ColourInput
            label="Deviation"
            value={colours.std}
            isAllowed={(share) => share > 0}
            onChange={(std) => onChange({ ...colours, std })}
          />
        </>
      )}
    </>
  );
}

/** Three numbers in one field; what is typed counts once they are. */
function ColourInput(props: {
  readonly label: string;
  readonly value: Colours["mean"];
  readonly isAllowed: (share: number) => boolean;
  readonly onChange: (value: Colours["mean"]) => void;
}) {
  const { label, value, isAllowed, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const numbersOf = (text: string): Colours["mean"] | null => {
    const [red = NaN, green = NaN, blue = NaN, ...more] = text.trim().split(/[\s,/]+/).map(Number); // prettier-ignore
    const isWhole = more.length === 0 && [red, green, blue].every((share) => Number.isFinite(share) && isAllowed(share));
    return isWhole ? [red, green, blue] : null;
  };
  const isValid = typed === null || numbersOf(typed) !== null;
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input colour-input"
        value={typed ?? value.join(" ")}
        aria-invalid={!isValid}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setTyped(text);
          const numbers = numbersOf(text);
          if (numbers) onChange(numbers);
        }}
        onBlur={() => setTyped(null)}
      />
      {!isValid && <span className="small field-error">three numbers, as 0.5 0.5 0.5</span>}
    </div>
  );
}
