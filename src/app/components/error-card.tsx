import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { errorEntry } from "../../tensor/error-table.ts";
import type { ErrorParts } from "../worker/lab-api.ts";
import { CodeText } from "./code-text.tsx";
import { useActions, useLab } from "./lab-context.tsx";

const MOST_PAIRS = 6;

/** What it is, why it cannot be used, what to do next; the rest of the page stays as it was. */
export function ErrorCard() {
  const error = useLab((state) => state.error);
  const dismiss = useLab((state) => state.dismissError);
  const choices = useLab((state) => state.modelChoices);
  const pairs = useLab((state) => state.modelPairs);
  const { openFiles, compareTwo } = useActions();
  const [copied, setCopied] = useState<ErrorParts | null>(null);
  const card = useRef<HTMLElement>(null);
  // Somebody far down the page would not see it appear at the top.
  useEffect(() => {
    card.current?.scrollIntoView({ block: "nearest" });
  }, [error]);
  if (error === null) return null;
  const entry = errorEntry(error.code);
  const details = JSON.stringify({ ...error, page: location.pathname, browser: navigator.userAgent }, null, 2);
  return (
    <section ref={card} className="card error-card" role="alert" data-testid="error-card">
      <h2>
        <span aria-hidden="true">▲ </span>
        <span data-testid="error-what">{error.what}</span>
      </h2>
      <p data-testid="error-why">
        <CodeText text={error.why} />
      </p>
      <p>
        <strong>What to do: </strong>
        <span data-testid="error-next">
          <CodeText text={error.next} />
        </span>
      </p>
      {error.code === "SEVERAL_MODELS" && choices.length > 0 && (
        <ul className="plain" aria-label="Models in this drop" data-testid="model-choices">
          {choices.map(({ name, files }) => (
            <li key={name}>
              <Button className="button" onPress={() => void openFiles(files)}>
                Open {name}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {error.code === "SEVERAL_MODELS" && pairs.length > 0 && (
        <ul className="plain" aria-label="Models that can be compared" data-testid="model-pairs">
          {pairs.slice(0, MOST_PAIRS).map(([first, second]) => {
            const [reference, other] = [choices[first], choices[second]];
            if (reference === undefined || other === undefined) return null;
            return (
              <li key={`${reference.name} ${other.name}`}>
                <Button className="button" onPress={() => void compareTwo(reference.files, other.files)}>
                  Compare {other.name} with {reference.name}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {entry && (
        <details data-testid="error-more">
          <summary>More: {entry.title}</summary>
          <p>
            <CodeText text={entry.meaning} />
          </p>
          <p>
            What helps: <CodeText text={entry.advice} />
          </p>
        </details>
      )}
      <div className="row">
        <code data-testid="error-code">{error.code}</code>
        <Button
          className="button"
          onPress={() => {
            void navigator.clipboard.writeText(details).then(
              () => setCopied(error),
              () => setCopied(null),
            );
          }}
        >
          {copied === error ? "Copied" : "Copy details"}
        </Button>
        <Button className="button" onPress={dismiss}>
          Dismiss
        </Button>
      </div>
    </section>
  );
}
