import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { printPreprocessing, samePreprocessing } from "../../../images/print-preprocessing.ts";
import type { Preprocessing } from "../../../images/preprocessing.ts";
import { FILTERS, MOST_SIZE } from "../../../runner/data/preprocessing-choice.ts";
import { ChoiceSegments, ChoiceSelect } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NumberInput } from "../../components/number-input.tsx";
import { preprocessingDifferences } from "../../results/preprocessing-differences.ts";
import type { ImageSet, OpenedModel } from "../../worker/lab-api.ts";
import { ColoursChoice } from "./colours-choice.tsx";
import { PreprocessingPreview } from "./preprocessing-preview.tsx";

/** How images become what the network reads: what the files say or what is assumed, changed here with one of the images in sight. */
export function PreprocessingCard({ model, images }: { readonly model: OpenedModel; readonly images: ImageSet }) {
  const { choosePreprocessing } = useActions();
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { stated, card } = model;
  const inUse = card.preprocessing;
  const [picked, setPicked] = useState(inUse);
  const [of, setOf] = useState(inUse);
  if (of !== inUse) {
    setOf(inUse);
    setPicked(inUse);
  }
  const change = (part: Partial<Preprocessing>): void => setPicked({ ...picked, ...part });
  const differences = preprocessingDifferences(stated.preprocessing, picked);
  const isOwn = samePreprocessing(inUse, stated.preprocessing);
  const [height, width] = inUse.inputSize;
  return (
    <section className="card" aria-labelledby="preprocessing-title" data-testid="preprocessing-card">
      <div className="card-head">
        <h2 id="preprocessing-title">How images reach the model</h2>
        <span className={isOwn && !stated.isAssumed ? "chip" : "chip warning"} data-testid="preprocessing-source">
          {isOwn ? sourceText(stated) : `▲ yours, not as ${stated.file ?? "assumed"} has it`}
        </span>
      </div>
      <PreprocessingPreview images={images} text={printPreprocessing(picked)} size={`${width} × ${height}`} />
      <div className="fields">
        <ChoiceSegments
          label="Resize"
          testId="preprocessing-resize"
          value={picked.resize}
          choices={[
            { value: "shortest", label: "Shorter side, then crop" },
            { value: "squash", label: "Squash both sides" },
            { value: "none", label: "Not at all" },
          ]}
          onChange={(resize) => change({ resize })}
        />
        {picked.resize !== "none" && (
          <>
            <NumberInput
              label={picked.resize === "squash" ? "Height, pixels" : "Shorter side, pixels"}
              value={picked.size}
              lowest={1}
              highest={MOST_SIZE}
              onChange={(size) => change({ size })}
            />
            <ChoiceSelect
              label="Filter"
              testId="preprocessing-filter"
              value={picked.interpolation}
              choices={FILTERS.map((value) => ({ value, label: value }))}
              onChange={(interpolation) => change({ interpolation })}
            />
          </>
        )}
        <ColoursChoice key={printPreprocessing(inUse)} colours={picked} onChange={change} />
      </div>
      {differences.length > 0 && (
        <ul className="plain" data-testid="preprocessing-differences" aria-label={`Other than ${stated.file ?? "assumed"}`}>
          {differences.map(({ name, stated: was, chosen }) => (
            <li key={name}>
              {name}: <strong>{chosen}</strong> <span className="muted">instead of {was}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        <Button
          className="button primary"
          isDisabled={isBusy || samePreprocessing(picked, inUse)}
          onPress={() => void choosePreprocessing(differences.length === 0 ? null : printPreprocessing(picked))}
        >
          Use this preprocessing
        </Button>
        {!(isOwn && differences.length === 0) && (
          <Button className="button" isDisabled={isBusy} onPress={() => (isOwn ? setPicked(inUse) : void choosePreprocessing(null))}>
            Back to {stated.file ?? "what is assumed"}
          </Button>
        )}
      </div>
    </section>
  );
}

function sourceText({ file, isAssumed }: OpenedModel["stated"]): string {
  if (file === null) return isAssumed ? "▲ preprocessing assumed" : "from the package";
  return isAssumed ? `▲ partly assumed, the rest from ${file}` : `from ${file}`;
}
