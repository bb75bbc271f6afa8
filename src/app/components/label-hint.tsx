import { Button } from "react-aria-components/Button";
import { useLab } from "./lab-context.tsx";

/** A table of labels came and gave none: the way to where its columns are chosen. */
export function LabelHint() {
  const file = useLab((state) => state.images?.labelFile ?? null);
  const setPanel = useLab((state) => state.setPanel);
  if (file === null || (file.used !== null && file.problem === null)) return null;
  return (
    <div className="notice warning stale-notice" data-testid="label-hint">
      <p>
        <span aria-hidden="true">▲ </span>
        {file.used === null
          ? `The columns of ${file.name} could not be told, so the images have no labels.`
          : `The columns guessed in ${file.name} gave no labels.`}
      </p>
      <Button className="button" onPress={() => setPanel("data")}>
        Choose its columns
      </Button>
    </div>
  );
}
