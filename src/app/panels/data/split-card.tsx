import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { DEFAULT_RULE } from "../../../runner/data/choose-images.ts";
import { ChoiceSegments } from "../../components/choice.tsx";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { NumberInput } from "../../components/number-input.tsx";
import { countUses } from "../../results/data-rows.ts";
import type { ImageSet } from "../../worker/lab-api.ts";

const MOST_IN_USE = 2048;

/** How many images calibrate and are judged, in which order they are taken, and what that leaves. */
export function SplitCard({ images }: { readonly images: ImageSet }) {
  const { chooseImages } = useActions();
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const counts = countUses(images.items);
  const unusualCount = images.skipped.filter(({ isUnusual }) => isUnusual).length;
  const asked = images.rule ?? DEFAULT_RULE;
  // As many as there are; a rule may ask for more.
  const current = {
    ...asked,
    calibrationCount: Math.max(1, Math.min(asked.calibrationCount, counts.calibration)),
    evaluationCount: Math.max(1, Math.min(asked.evaluationCount, counts.evaluation)),
  };
  const [rule, setRule] = useState(current);
  const [of, setOf] = useState(images);
  if (of !== images) {
    setOf(images);
    setRule(current);
  }
  const isChanged =
    rule.order !== current.order ||
    rule.calibrationCount !== current.calibrationCount ||
    rule.evaluationCount !== current.evaluationCount ||
    rule.unusual !== current.unusual ||
    (rule.order === "shuffled" && rule.seed !== current.seed);
  // A number that nobody touched stays what was asked for: there may be more images now.
  const chosen = {
    ...rule,
    calibrationCount: rule.calibrationCount === current.calibrationCount ? asked.calibrationCount : rule.calibrationCount,
    evaluationCount: rule.evaluationCount === current.evaluationCount ? asked.evaluationCount : rule.evaluationCount,
  };
  return (
    <section className="card" aria-labelledby="split-title" data-testid="split-card">
      <h2 id="split-title">
        <span data-testid="split-calibration">{counts.calibration}</span> calibrate,{" "}
        <span data-testid="split-evaluation">{counts.evaluation}</span> are judged
      </h2>
      <SplitBar counts={counts} />
      <p className="muted small">
        {counts.all.toLocaleString("en")} given{counts.skipped > unusualCount && `, ${counts.skipped - unusualCount} could not be read`}
        {unusualCount > 0 && `, ${unusualCount} of an unusual size left out`}.{" "}
        {images.rule === null
          ? "A manifest chose them."
          : images.rule.order === "given"
            ? "Taken in the order of their names."
            : `Shuffled with seed ${images.rule.seed}.`}
      </p>
      {images.leakage && (
        <p className="notice warning" data-testid="leakage">
          <span aria-hidden="true">▲ </span>Too few images to keep calibration and evaluation apart: the same ones calibrate and are judged,
          which flatters the quantized model.
        </p>
      )}
      {images.notes.map(({ code, text }) => (
        <p key={code} className={code.startsWith("CALIBRATION") ? "notice warning" : "notice"} data-testid="image-note" data-code={code}>
          <span aria-hidden="true">{code.startsWith("CALIBRATION") ? "▲ " : "○ "}</span>
          {text} <code>{code}</code>
        </p>
      ))}
      <div className="fields">
        <NumberInput
          label="To calibrate"
          value={rule.calibrationCount}
          lowest={1}
          highest={MOST_IN_USE}
          onChange={(calibrationCount) => setRule({ ...rule, calibrationCount })}
        />
        <NumberInput
          label="To judge"
          value={rule.evaluationCount}
          lowest={1}
          highest={MOST_IN_USE}
          onChange={(evaluationCount) => setRule({ ...rule, evaluationCount })}
        />
        <ChoiceSegments
          label="Order"
          testId="split-order"
          value={rule.order}
          choices={[
            { value: "given", label: "By name" },
            { value: "shuffled", label: "Shuffled" },
          ]}
          onChange={(order) => setRule({ ...rule, order })}
        />
        {(unusualCount > 0 || current.unusual === "use") && (
          <ChoiceSegments
            label="Tiny, very long and huge images"
            testId="unusual-images"
            value={rule.unusual ?? "skip"}
            choices={[
              { value: "skip", label: "Leave out" },
              { value: "use", label: "Use" },
            ]}
            onChange={(choice) => {
              const { unusual: _unusual, ...rest } = rule;
              setRule(choice === "use" ? { ...rest, unusual: choice } : rest);
            }}
          />
        )}
        {rule.order === "shuffled" && (
          <NumberInput label="Seed" value={rule.seed} lowest={0} highest={2 ** 31} onChange={(seed) => setRule({ ...rule, seed })} />
        )}
      </div>
      <div className="row">
        <Button className="button primary" isDisabled={isBusy || !isChanged} onPress={() => void chooseImages(chosen)}>
          Use this split
        </Button>
        <span className="muted small">Methods take as many calibration images as they want, the usual 32 first.</span>
      </div>
    </section>
  );
}

/** Shares of the images in use; numbers stand beside the colours. */
function SplitBar({ counts }: { readonly counts: ReturnType<typeof countUses> }) {
  const parts = [
    ["calibration", "to calibrate", counts.calibration],
    ["evaluation", "to judge", counts.evaluation],
    ["unused", "unused", counts.unused],
  ] as const;
  return (
    <div>
      <div className="split-bar" aria-hidden="true">
        {parts.map(([kind, , count]) => count > 0 && <span key={kind} className={`split-part ${kind}`} style={{ flexGrow: count }} />)}
      </div>
      <ul className="legend">
        {parts.map(([kind, name, count]) => (
          <li key={kind}>
            <span className={`swatch split-part ${kind}`} aria-hidden="true" /> {count.toLocaleString("en")} {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
