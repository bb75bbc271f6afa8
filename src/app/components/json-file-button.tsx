import { useRef } from "react";
import { Button } from "react-aria-components/Button";

/** A button that asks for one JSON file. The input behind it is what a test or a screen reader's file dialog fills. */
export function JsonFileButton(props: {
  readonly label: string;
  /** What the file is: "Saved profile". */
  readonly fileLabel: string;
  readonly testId: string;
  readonly isDisabled?: boolean;
  readonly onFile: (file: File) => void;
}) {
  const { label, fileLabel, testId, isDisabled = false, onFile } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button className="button" isDisabled={isDisabled} onPress={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        data-testid={testId}
        aria-label={fileLabel}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file may be chosen again after it was changed.
          event.currentTarget.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}
