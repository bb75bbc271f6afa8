import { useId, useState } from "react";

/** A whole number between two bounds; what is typed counts once it is one. */
export function NumberInput(props: {
  readonly label: string;
  readonly value: number;
  readonly lowest: number;
  readonly highest: number;
  readonly onChange: (value: number) => void;
}) {
  const { label, value, lowest, highest, onChange } = props;
  const id = useId();
  /** What is being typed; null while nobody types. */
  const [typed, setTyped] = useState<string | null>(null);
  const isNumber = (text: string): boolean => /^\d+$/.test(text.trim()) && Number(text) >= lowest && Number(text) <= highest;
  const isValid = typed === null || isNumber(typed);
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input number-input"
        inputMode="numeric"
        value={typed ?? String(value)}
        aria-invalid={!isValid}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setTyped(text);
          if (isNumber(text)) onChange(Number(text));
        }}
        onBlur={() => setTyped(null)}
      />
      {!isValid && (
        <span className="small field-error">
          {lowest} to {highest.toLocaleString("en")}
        </span>
      )}
    </div>
  );
}
