import { Button } from "react-aria-components/Button";
import { useLab } from "../../components/lab-context.tsx";
import { sameRequest } from "../../store/controls-slice.ts";
import { applyChange, type Finding, type Severity } from "../../../runner/diagnose/findings/finding.ts";

const SEVERITIES: Readonly<Record<Severity, { readonly sign: string; readonly text: string }>> = {
  high: { sign: "▲", text: "most" },
  medium: { sign: "◆", text: "some" },
  low: { sign: "○", text: "note" },
};

/** Findings, worst first, each with what would help; a button writes it into the recipe. */
export function FindingList({ findings, isComplete }: { readonly findings: readonly Finding[]; readonly isComplete: boolean }) {
  const controls = useLab((state) => state.controls);
  const setControls = useLab((state) => state.setControls);
  const say = useLab((state) => state.say);
  return (
    <section className="card" aria-labelledby="findings-title" data-testid="findings">
      <h2 id="findings-title">{headline(findings)}</h2>
      {findings.length === 0 && (
        <p className="muted">{isComplete ? "No rule has anything to say about these numbers." : "Nothing yet; measuring goes on."}</p>
      )}
      <ul className="findings">
        {findings.map((finding) => {
          const { id, severity, place, sentence, advice, change } = finding;
          const changed = change === null ? null : applyChange(controls, change);
          const isDone = changed !== null && sameRequest(changed, controls);
          return (
            <li key={`${id} ${place}`} className={`finding ${severity}`} data-testid="finding" data-finding={id}>
              <span className="severity">
                <span aria-hidden="true">{SEVERITIES[severity].sign} </span>
                {SEVERITIES[severity].text}
              </span>
              <div className="finding-text">
                <p>{sentence}</p>
                <p className="muted">{advice}</p>
              </div>
              {change !== null && changed !== null && (
                <Button
                  className="button"
                  isDisabled={isDone}
                  data-testid="apply"
                  onPress={() => {
                    setControls(changed);
                    say(`${change.label}: written into the recipe. Run again to see what it does.`);
                  }}
                >
                  {isDone ? "In the recipe" : change.label}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function headline(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return "Findings";
  const serious = findings.filter(({ severity }) => severity === "high").length;
  const count = `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  return serious === 0 ? count : `${count}, ${serious} of them behind most of the loss`;
}
