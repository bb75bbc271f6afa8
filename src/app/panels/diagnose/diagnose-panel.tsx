import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";

/** Where the loss comes from, and what to do about it. */
export function Panel() {
  return (
    <>
      <PanelHead title="Diagnose" lead="Where the loss comes from, and what to do about it." />
      <NextStep needs="result" />
    </>
  );
}
