import { useState } from "react";
import { Button } from "react-aria-components/Button";

/** Puts a text on the clipboard and says so; where the browser refuses, says that instead. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [outcome, setOutcome] = useState<{ readonly of: string; readonly ok: boolean } | null>(null);
  const shown = outcome?.of === text ? outcome : null;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome({ of: text, ok: true });
    } catch {
      setOutcome({ of: text, ok: false });
    }
  };
  return (
    <Button className="button" onPress={() => void copy()}>
      {shown === null ? label : shown.ok ? "✓ Copied" : "▲ The browser refused"}
    </Button>
  );
}
