import { useCallback, useEffect, useRef } from "react";
import { Button } from "react-aria-components/Button";
import { useLab } from "../components/lab-context.tsx";
import { safeStorage } from "../session/keep-session.ts";
import { leaveTour, TOUR_STEPS } from "./tour-steps.ts";

/** The card of the present step, in a corner: it covers nothing that it talks about, and the page stays usable. Escape leaves it for good. */
export function Tour() {
  const index = useLab((state) => state.tourStep);
  const setTourStep = useLab((state) => state.setTourStep);
  const setPanel = useLab((state) => state.setPanel);
  const setSide = useLab((state) => state.setSide);
  const title = useRef<HTMLHeadingElement>(null);
  const step = index === null ? undefined : TOUR_STEPS[index];
  const leave = useCallback(() => {
    leaveTour(safeStorage());
    setTourStep(null);
  }, [setTourStep]);
  useEffect(() => {
    if (step === undefined) return undefined;
    setPanel(step.panel);
    if (step.side !== undefined) setSide(step.side);
    title.current?.focus({ preventScroll: true });
    return outline(step.selector);
  }, [step, setPanel, setSide]);
  useEffect(() => {
    if (step === undefined) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || (event.target instanceof Element && event.target.closest("dialog, [role=listbox]") !== null)) return;
      event.preventDefault();
      leave();
    };
    // Before the page's own keys, where Escape cancels a job.
    window.addEventListener("keydown", onKeyDown, { capture: true });
    return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [step, leave]);
  if (index === null || step === undefined) return null;
  const isLast = index === TOUR_STEPS.length - 1;
  return (
    <aside className="tour" aria-labelledby="tour-title" data-testid="tour" data-step={index + 1}>
      <p className="muted small">
        Step {index + 1} of {TOUR_STEPS.length}
      </p>
      <h2 id="tour-title" ref={title} tabIndex={-1}>
        {step.title}
      </h2>
      <p>{step.text}</p>
      <div className="row">
        {index > 0 && (
          <Button className="button" onPress={() => setTourStep(index - 1)}>
            Back
          </Button>
        )}
        <Button className="button primary" onPress={() => (isLast ? leave() : setTourStep(index + 1))}>
          {isLast ? "Done" : "Next"}
        </Button>
        {!isLast && (
          <Button className="button quiet" onPress={leave}>
            Leave <kbd aria-hidden="true">Esc</kbd>
          </Button>
        )}
      </div>
    </aside>
  );
}

/** Outlines an element as soon as its panel is drawn; returns what takes the outline away. */
function outline(selector: string): () => void {
  let found: Element | null = null;
  let tries = 0;
  const timer = setInterval(() => {
    found = document.querySelector(selector);
    if (found === null && ++tries < 40) return;
    clearInterval(timer);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    found?.classList.add("tour-target");
    found?.scrollIntoView({ block: "center", behavior: isStill ? "auto" : "smooth" });
  }, 50);
  return () => {
    clearInterval(timer);
    found?.classList.remove("tour-target");
  };
}
