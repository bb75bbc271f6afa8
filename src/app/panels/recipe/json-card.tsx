import { useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { useLab } from "../../components/lab-context.tsx";
import { RECIPE_NAME } from "../../report/reproduction.ts";
import { saveFile } from "../../save-file.ts";
import { printRecipe, readRecipe, withRecipe } from "../../../runner/rules/recipe-document.ts";

/** The recipe as the file that `--rules` takes: read at every keystroke, taken over when it is whole. */
export function JsonCard() {
  const controls = useLab((state) => state.controls);
  const recipes = useLab((state) => state.recipes);
  const setControls = useLab((state) => state.setControls);
  const say = useLab((state) => state.say);
  /** What is being written; null while it is what is set. */
  const [draft, setDraft] = useState<string | null>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const current = printRecipe(controls);
  const text = draft ?? current;
  const read = readRecipe(
    text,
    recipes.map(({ name }) => name),
  );
  const fault = "fault" in read ? read.fault : null;
  const apply = (): void => {
    if (!("document" in read)) return;
    setControls(withRecipe(controls, read.document));
    setDraft(null);
    say("The recipe was taken over.");
  };
  const lines = text.split("\n");
  return (
    <section className="card" aria-labelledby="json-title" data-testid="json-card">
      <h2 id="json-title">The recipe as a file</h2>
      <p className="muted small">
        <code>npm run lab -- quantize --rules {RECIPE_NAME}</code> and compare take it as it is.
      </p>
      <div className="json-editor" data-fault={fault?.line ?? ""}>
        <pre ref={gutter} className="json-gutter" aria-hidden="true">
          {lines.map((_, index) => (
            <span key={index} className={fault?.line === index + 1 ? "faulty" : undefined}>
              {fault?.line === index + 1 ? "▲" : ""}
              {index + 1}
            </span>
          ))}
        </pre>
        <textarea
          className="json-text"
          aria-label="Recipe as JSON"
          data-testid="json-text"
          spellCheck={false}
          wrap="off"
          rows={Math.min(24, Math.max(8, lines.length + 1))}
          value={text}
          aria-invalid={fault !== null}
          aria-describedby="json-state"
          onScroll={(event) => {
            if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) apply();
          }}
        />
      </div>
      <output id="json-state" className={fault === null ? "muted small" : "field-error small"} data-testid="json-state">
        {fault !== null ? (
          <>
            <span aria-hidden="true">▲ </span>Line {fault.line}, column {fault.column}: {fault.message}
          </>
        ) : draft === null || draft === current ? (
          "This is what is set."
        ) : (
          "Can be taken over (Ctrl + Enter)."
        )}
      </output>
      <div className="row">
        <Button className="button primary" isDisabled={draft === null || fault !== null} onPress={apply} data-testid="json-apply">
          Take over
        </Button>
        <Button className="button" isDisabled={draft === null} onPress={() => setDraft(null)}>
          Discard
        </Button>
        <Button className="button" onPress={() => saveFile(RECIPE_NAME, "application/json", current)}>
          Save file
        </Button>
      </div>
    </section>
  );
}
