import { useState } from "react";
import { areShortcutsOn, setShortcutsOn } from "../shortcuts-setting.ts";
import { Dialog } from "./dialog.tsx";

/** Keys and the words that the page uses. */
export function HelpDialog(props: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog title="Help" isOpen={props.isOpen} onClose={props.onClose}>
      <h3>Keys</h3>
      <dl className="terms">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <KeysSwitch />
      <h3>Words</h3>
      <dl className="terms">
        {WORDS.map(([word, means]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{means}</dd>
          </div>
        ))}
      </dl>
      <h3>Where your files go</h3>
      <p>Nowhere. Models and images are read in this tab and computed on your GPU; the page may not connect to any other server.</p>
    </Dialog>
  );
}

function KeysSwitch() {
  const [isOn, setOn] = useState(areShortcutsOn);
  return (
    <label className="keys-switch">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => {
          setShortcutsOn(event.currentTarget.checked);
          setOn(event.currentTarget.checked);
        }}
      />{" "}
      Single keys work as shortcuts
    </label>
  );
}

const KEYS = [
  ["1 … 9", "go to a panel, in the order of the rail"],
  ["r", "quantize and compare with the chosen settings"],
  ["Esc", "cancel what is running, or close a dialog"],
  ["?", "this help"],
  ["/", "search the tensors (in Inspect)"],
  ["← → ↑ ↓", "move the cursor on the error map (focus it first)"],
] as const;

const WORDS = [
  ["W4A4", "weights in 4 bits, activations in 4 bits: each number is one of 16 codes."],
  [
    "Effective bits",
    "the mean over all weights, and over all numbers that matrix layers read: what methods with exceptions for some layers really use.",
  ],
  ["Levels", "the numbers that are left: 4 bits have 16. Where they lie is most of what methods differ in."],
  ["Top-1 agreement", "how often the quantized model's first choice is the float model's. Needs no labels."],
  ["SQNR", "signal-to-quantization-noise ratio. 20 dB: the noise has 1 % of the signal's power; 0 dB: as much noise as signal."],
  ["KL divergence", "how far the quantized class probabilities are from the float ones; 0 is equal."],
  ["Same, flip, rescued", "the first choice stayed; it changed; the baseline recipe changes it and this recipe keeps it."],
  [
    "Strict / as published",
    "b bits are exactly 2^b codes, computed as integers; or the levels that a paper's program simulates, often one more.",
  ],
] as const;
